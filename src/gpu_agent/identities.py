"""Engines and identities of a worker, loaded once and kept."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from contracts.engines import needs_weights
from faces.decode import decode_photo
from faces.fetch import photo_bytes
from gpu_agent import engines
from gpu_agent.engines.base import Engine, Identity, Photo
from gpu_agent.wire import FaceSource, PhotoSource

_KEPT = 64
_KEPT_ENGINES = 2  # each may hold half a gigabyte of weights


class Identities:
    """What a worker keeps between segments: the last engines, and the last faces' identities."""

    def __init__(self, device: str = "cpu") -> None:
        """Engines are created on `device`."""
        self._device = device
        self._engines: OrderedDict[Hashable, Engine] = OrderedDict()
        self._identities: OrderedDict[Hashable, Identity] = OrderedDict()

    def engine(self, name: str, weights: Mapping[str, str] | None = None) -> Engine:
        """The engine of that name with its weights, files by role. Raises `WorkError` where there is none."""
        files = {role: Path(path) for role, path in (weights or {}).items()}
        key = (name, *sorted(files.items()))
        if key not in self._engines:
            while len(self._engines) >= _KEPT_ENGINES:  # first, so that there is room
                self._forget()
            self._engines[key] = engines.create(name, self._device, files)
        self._engines.move_to_end(key)
        return self._engines[key]

    def warm(self, name: str) -> None:
        """Load what can be before the first order: the engine, or its library where weights come with orders."""
        if needs_weights(name):
            engines.load_library(name)
        else:
            self.engine(name)

    def identity(self, engine: Engine, face: FaceSource) -> Identity:
        """The identity of a face; its photos are read the first time only."""
        key = (id(engine), face.face_id, *(_mark(photo) for photo in face.photos))
        if key not in self._identities:
            self._identities[key] = engine.prepare([_photo(source) for source in face.photos])
        self._identities.move_to_end(key)
        while len(self._identities) > _KEPT:
            self._identities.popitem(last=False)
        return self._identities[key]

    def _forget(self) -> None:
        """Let the engine go that was used least recently, and what it made."""
        self._engines.popitem(last=False)
        self._identities.clear()


def _mark(photo: PhotoSource) -> tuple[str, float]:
    """What tells photos of a face apart; a presigned URL's signature is another one each time."""
    return urlsplit(photo.url).path, photo.weight


def _photo(source: PhotoSource) -> Photo:
    picture = decode_photo(photo_bytes(source.url))
    return Photo(picture, np.array(source.points, np.float32), source.weight)
