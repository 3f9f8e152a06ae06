"""Finding faces, and the engines."""

from functools import partial

import cv2
import numpy as np
import onnxruntime

from faces.detect import Detector
from gpu_agent import engines
from visage.doctor.finding import Finding, tried

_REINSTALL = "run `make setup`"


def faces() -> list[Finding]:
    """OpenCV, onnxruntime, the detector on a portrait, every engine."""
    return [
        tried("faces", "opencv", lambda: cv2.__version__, _REINSTALL),
        tried("faces", "onnxruntime", _onnxruntime, _REINSTALL),
        tried("faces", "detector", _detect, _REINSTALL),
        *(tried("engines", name, partial(_engine, name), _REINSTALL) for name in engines.available()),
    ]


def _onnxruntime() -> str:
    return f"{onnxruntime.__version__}, {', '.join(onnxruntime.get_available_providers())}"


def _detect() -> str:
    from skimage import data

    portrait = np.asarray(data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]
    found = Detector().detect(np.ascontiguousarray(portrait[..., ::-1]))
    if len(found) != 1:
        raise RuntimeError(f"found {len(found)} faces in a portrait")
    return f"found the face of a portrait, score {found[0].score:.2f}"


def _engine(name: str) -> str:
    return (type(engines.create(name)).__doc__ or "").splitlines()[0]
