"""The engine of the network that comes with Visage. Whose face it is to make is told by SFace.

On a processor it needs no torch.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from contracts.errors import Reason, WorkError
from contracts.packaged import packaged
from contracts.weights import GENERATOR
from faces.align import template
from faces.recognize import SFace, unit
from gpu_agent.engines.base import Crops, Identity, Masks, Photo, Swapped

SIZE = 128


class Runner(Protocol):
    """The network on its device."""

    @property
    def batch(self) -> int:
        """As `gpu_agent.engines.base.Engine` has it."""

    def run(self, crops: Crops, latents: npt.NDArray[np.float32]) -> tuple[Crops, Masks]:
        """The squares with the identities of `latents` (n, 128), and how much is shown. Raises `MemoryError`."""


class CompactEngine:
    """Makes a person's face by the small network that comes with Visage, and says where it did."""

    size = SIZE
    templates = template(SIZE)[None]

    def __init__(self, name: str, device: str, weights: Mapping[str, Path]) -> None:
        """An engine by the name that tasks give it; with a file as generator in `weights`, that one's network.

        Raises:
            WorkError: `WEIGHTS_MISSING` where the network is not there; `ENGINE_FAILED` where the device is not.
            WeightsError: `BAD_WEIGHTS` where the file does not fit.
        """
        self.name, self.device = name, device
        self._runner = _runner(name, device, weights.get(GENERATOR))
        self.batch = self._runner.batch
        self._recognizer = SFace()

    def prepare(self, photos: Sequence[Photo]) -> Identity:
        """The weighted mean of the photos' vectors, again of length 1."""
        vectors = [photo.weight * self._recognizer.embed(photo.picture, photo.points) for photo in photos]
        return Identity(self.name, unit(np.sum(vectors, axis=0)))

    def swap(self, crops: Crops, identities: Sequence[Identity]) -> Swapped:
        """The new faces. The masks are the network's own."""
        if not len(crops):
            return Swapped(crops, np.zeros(crops.shape[:3], np.float32))
        return Swapped(*self._runner.run(crops, np.stack([identity.data for identity in identities])))


def _runner(name: str, device: str, weights: Path | None) -> Runner:
    weights = weights or _weights(name)
    if device == "cpu":
        from gpu_agent.networks.graph import OnProcessor

        return OnProcessor(weights.with_suffix(".onnx"), cv2.getNumThreads())  # as many as OpenCV was given
    if not find_spec("torch"):
        message = f'On {device} the engine "{name}" needs torch: `make torch` installs it.'
        raise WorkError(Reason.ENGINE_FAILED, message, engine=name, device=device)
    from gpu_agent.networks.compact_card import OnCard

    return OnCard(weights, device)


def _weights(name: str) -> Path:
    found = packaged(name)
    if found is None:
        message = f'No weights for the engine "{name}" come with this Visage.'
        raise WorkError(Reason.WEIGHTS_MISSING, message, engine=name)
    return found.weights
