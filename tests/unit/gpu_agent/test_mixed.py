"""Faces of several photos in the stand-in engine."""

import cv2
import numpy as np

from faces.detect import Detector, Picture
from gpu_agent.engines.base import Photo
from gpu_agent.engines.paste import PasteEngine
from tests.portraits import astronaut, hopper


def photo(picture: Picture, weight: float = 1.0) -> Photo:
    return Photo(picture, Detector().detect(picture)[0].points, weight)


def pasted(engine: PasteEngine, photos: list[Photo]) -> Picture:
    target = np.full((1, engine.size, engine.size, 3), 128, np.uint8)
    return engine.swap(target, [engine.prepare(photos)]).crops[0]


def test_weights_count() -> None:
    engine = PasteEngine()
    grace, eileen = pasted(engine, [photo(hopper())]), pasted(engine, [photo(astronaut())])
    mostly = pasted(engine, [photo(hopper(), 9), photo(astronaut(), 1)])
    assert cv2.PSNR(mostly, grace) > cv2.PSNR(mostly, eileen) + 3
