"""Views: they undo each other, and the square for SFace is the one that its alignment makes."""

import cv2
import numpy as np
import pytest
import torch

from faces.recognize import SFace, recognizer_file, unit
from tests import packs
from training import views
from training.recipe import Spread
from training.recognizers import sface

WIDE = Spread(turn=8, scale=0.06, shift=3, light=0.15)


def _stored() -> torch.Tensor:
    rgb = [np.ascontiguousarray(face[:, :, ::-1]) for face in packs.faces()]
    return torch.from_numpy(np.stack(rgb)).permute(0, 3, 1, 2).float() / 255


def test_a_still_view_is_the_middle_of_the_stored_square() -> None:
    stored = _stored()
    places = views.places(2, views.STILL, torch.Generator())
    assert torch.allclose(views.cut(stored, places), stored[:, :, 16:144, 16:144], atol=1e-4)


def test_the_recognizers_square_is_the_exact_warp() -> None:
    stored = _stored()
    places = views.places(2, views.STILL, torch.Generator())
    squares = views.for_recognizer(views.cut(stored, places), places, views.STILL, torch.Generator())
    for face, square in zip(packs.faces(), squares, strict=True):
        matrix = np.array([[7 / 8, 0, -14], [0, 7 / 8, -14]])
        wanted = cv2.warpAffine(face, matrix, (112, 112))[:, :, ::-1]
        seen = (square * 255).permute(1, 2, 0).numpy()
        assert np.abs(seen - wanted)[2:-2, 2:-2].mean() < 0.5


def test_the_recognizer_sees_through_any_view() -> None:
    stored, recognizer, random = _stored(), sface.SFace(), torch.Generator().manual_seed(3)
    still = views.places(2, views.STILL, random)
    plain = recognizer(views.for_recognizer(views.cut(stored, still), still, views.STILL, random))
    turned = views.places(2, WIDE, random)
    again = recognizer(views.for_recognizer(views.cut(stored, turned), turned, views.STILL, random))
    assert (plain * again).sum(1).min() > 0.9


def test_our_recognizer_is_the_one_that_opencv_runs() -> None:
    recognizer, theirs = sface.SFace(), cv2.FaceRecognizerSF.create(str(recognizer_file()), "")
    for face in packs.faces():
        crop = cv2.warpAffine(face, np.array([[7 / 8, 0, -14], [0, 7 / 8, -14]]), (112, 112))
        rgb = torch.from_numpy(np.ascontiguousarray(crop[:, :, ::-1])).permute(2, 0, 1).float() / 255
        ours = recognizer(rgb[None])[0].numpy()
        assert np.abs(ours - unit(theirs.feature(crop)[0])).max() < 1e-5
    assert SFace.name == "SFace"


def test_light_changes_and_stays_in_range() -> None:
    stored = _stored()
    lit = views.lit(stored, WIDE, torch.Generator().manual_seed(1))
    assert lit.min() >= 0
    assert lit.max() <= 1
    assert (lit - stored).abs().mean() > 0.005


def test_half_of_the_faces_lose_what_is_fine_and_keep_their_light() -> None:
    fine = (torch.arange(16) % 2).float().expand(64, 3, 16, 16)
    softened = views.softened(fine, torch.Generator().manual_seed(1))
    flat = softened.std(3).amax((1, 2)) < 1e-6
    assert 20 < flat.sum() < 44
    assert softened.mean((1, 2, 3)).numpy() == pytest.approx(np.full(64, 0.5))
    assert softened[~flat].equal(fine[~flat])


def test_gradients_reach_the_pixels() -> None:
    recognizer = sface.SFace().double()
    still = views.places(2, views.STILL, torch.Generator())
    squares = views.for_recognizer(
        views.cut(_stored(), still), still, views.STILL, torch.Generator()
    ).double()
    wanted = recognizer(squares[1:])
    pixels = squares[:1].clone().requires_grad_()
    (recognizer(pixels) * wanted).sum().backward()
    assert pixels.grad is not None
    step = pixels.grad / pixels.grad.norm() * 1e-5
    ahead, behind = (float((recognizer(squares[:1] + way * step) * wanted).sum()) for way in (1, -1))
    assert (ahead - behind) / 2e-5 == pytest.approx(float(pixels.grad.norm()), rel=1e-3)
