"""Finding faces, and the engines."""

from functools import partial

import cv2

from contracts import packaged
from contracts.engines import COMPACT, needs_weights
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
        *(
            tried("engines", name, partial(_engine, name), _REINSTALL)
            for name in engines.available()
            if not packaged.is_packaged(name)
        ),
        *networks(),
    ]


def _detect() -> str:
    found = Detector().detect(portrait())
    if len(found) != 1:
        raise RuntimeError(f"found {len(found)} faces in a portrait")
    return f"found the face of a portrait, score {found[0].score:.2f}"


def _engine(name: str) -> str:
    if needs_weights(name):
        engines.load_library(name)
        return "can run; its weights come by `visage weights import`"
    engine = engines.create(name)
    said = (type(engine).__doc__ or "").splitlines()[0]
    found = packaged.packaged(name)
    return f"{said} {packaged.FOR_RESEARCH}" if found and not found.for_business else said


def networks() -> list[Finding]:
    """Of the engine whose network comes with Visage, each that is there; a finding of want where none is."""
    return [
        tried("engines", name, partial(_engine, name), _REINSTALL) for name in packaged.engines() or [COMPACT]
    ]
