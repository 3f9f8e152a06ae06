"""Engines of the benchmark: one without a network, and one that watches another."""

from collections.abc import Sequence

import numpy as np

from benchmarks.speed.spent import Spent
from faces.align import Matrix
from gpu_agent.engines.base import Crops, Engine, Identity, Photo, Swapped


class Through:
    """Gives faces back mirrored: every pixel is new at no cost, so that what is measured is all but the network."""

    name = "through"

    def __init__(self, size: int, templates: Matrix, device: str = "cpu") -> None:
        """Squares, templates and device of the engine that it stands for."""
        self.size, self.templates, self.device, self.batch = size, templates, device, 16

    def prepare(self, photos: Sequence[Photo]) -> Identity:
        """Nothing is to be known of the face."""
        return Identity(self.name, None)

    def swap(self, crops: Crops, identities: Sequence[Identity]) -> Swapped:
        """The same squares mirrored, shown in full."""
        return Swapped(np.ascontiguousarray(crops[:, :, ::-1]), np.ones(crops.shape[:3], np.float32))


class Watched:
    """Another engine, its cost counted as that of the stage "network"."""

    def __init__(self, engine: Engine, spent: Spent) -> None:
        self._engine, self._spent = engine, spent
        self.name, self.device = engine.name, engine.device
        self.size, self.templates, self.batch = engine.size, engine.templates, engine.batch

    def prepare(self, photos: Sequence[Photo]) -> Identity:
        """As the other does."""
        return self._engine.prepare(photos)

    def swap(self, crops: Crops, identities: Sequence[Identity]) -> Swapped:
        """As the other does."""
        return self._spent.on("network", lambda: self._engine.swap(crops, identities))
