"""Finding faces, and the engines."""

from functools import partial

import cv2

from faces.detect import Detector
from gpu_agent import engines
from visage.demo import portrait
from visage.doctor.finding import Finding, tried

_REINSTALL = "run `make setup`"


def faces() -> list[Finding]:
    """OpenCV, the detector on a portrait, every engine."""
    return [
        tried("faces", "opencv", lambda: cv2.__version__, _REINSTALL),
        tried("faces", "detector", _detect, _REINSTALL),
        *(tried("engines", name, partial(_engine, name), _REINSTALL) for name in engines.available()),
    ]


def _detect() -> str:
    found = Detector().detect(portrait())
    if len(found) != 1:
        raise RuntimeError(f"found {len(found)} faces in a portrait")
    return f"found the face of a portrait, score {found[0].score:.2f}"


def _engine(name: str) -> str:
    if engines.weighted(name):
        engines.load_library(name)
        return "can run; its weights come by `visage weights import`"
    return (type(engines.create(name)).__doc__ or "").splitlines()[0]
