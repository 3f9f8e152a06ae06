"""Recognizers: the network in torch is the one that its file came from, and whoever judges is whom recipes name."""

import numpy as np
import pytest
import torch
from torch import nn

from tests import packs
from training import views
from training.recipe import Data, Recipe
from training.recognizers import create, mobilefacenet
from training.recognizers.frozen import FrozenPReLU

# As TensorFlow Lite (ai-edge-litert 2.3.0) gives them for `packs.faces()`, the first numbers of each vector.
_THEIRS = [
    [0.0119, 0.0048, 0.0016, 0.0030, -0.0136, -0.0698],
    [-0.0011, 0.0062, -0.0049, 0.0018, -0.0215, -0.1541],
]


def _squares() -> torch.Tensor:
    rgb = np.stack([face[:, :, ::-1] for face in packs.faces()])
    stored = torch.from_numpy(rgb.copy()).permute(0, 3, 1, 2).float() / 255
    places = views.places(2, views.STILL, torch.Generator())
    return views.for_recognizer(views.cut(stored, places), places, views.STILL, torch.Generator())


def test_mobilefacenet_is_the_one_that_tensorflow_runs() -> None:
    vectors = mobilefacenet.MobileFaceNet()(_squares())
    assert vectors.shape == (2, mobilefacenet.LENGTH)
    assert np.abs(vectors[:, :6].numpy() - _THEIRS).max() < 2e-3
    assert vectors.norm(dim=1).numpy() == pytest.approx(np.ones(2))


@pytest.mark.parametrize("name", ["sface", "mobilefacenet"])
def test_a_judge_knows_a_mirrored_face_and_tells_two_people_apart(name: str) -> None:
    judge, squares = create((name,), "cpu")[name], _squares()  # type: ignore[arg-type]
    one, other = judge(squares)
    assert (one @ judge(squares[:1].flip(3))[0]) > 0.8
    assert (one @ other) < 0.4


@pytest.mark.parametrize("name", ["sface", "mobilefacenet"])
def test_a_judge_leads_pixels_toward_another_person(name: str) -> None:
    judge, squares = create((name,), "cpu")[name], _squares()  # type: ignore[arg-type]
    wanted, pixels = judge(squares[1:]), squares[:1].requires_grad_()
    before = (judge(pixels) * wanted).sum()
    before.backward()
    assert pixels.grad is not None
    after = (judge(pixels + 0.01 * pixels.grad.sign()) * wanted).sum()
    assert after > before + 0.1
    assert not any(parameter.requires_grad for parameter in judge.parameters())


def test_slopes_that_are_frozen_bend_as_those_of_torch() -> None:
    slopes = torch.tensor([0.25, -0.5])
    ours, theirs = FrozenPReLU(slopes), nn.PReLU(2)
    theirs.weight.data = slopes
    x = torch.randn(3, 2, 4, 4, generator=torch.Generator().manual_seed(1))
    one, other = (x.clone().requires_grad_() for _ in range(2))
    assert ours(one).equal(theirs(other))
    (ours(one) ** 2).sum().backward()
    (theirs(other) ** 2).sum().backward()
    assert one.grad is not None
    assert other.grad is not None
    assert torch.allclose(one.grad, other.grad)


def test_two_judges_are_asked_where_a_recipe_is_silent() -> None:
    assert Recipe(name="silent").data.judges == ("sface", "mobilefacenet")
    with pytest.raises(ValueError, match="judges"):
        Data(judges=("dlib",))  # type: ignore[arg-type]
