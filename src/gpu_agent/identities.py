"""Engines and identities of a worker, loaded once and kept."""

from collections import OrderedDict
from uuid import UUID

import numpy as np

from faces.decode import decode_photo
from faces.fetch import photo_bytes
from gpu_agent import engines
from gpu_agent.engines.base import Engine, Identity, Photo
from gpu_agent.wire import FaceSource, PhotoSource

_KEPT = 64


class Identities:
    """What a worker keeps between segments: engines by name, and the last faces' identities."""

    def __init__(self, device: str = "cpu") -> None:
        """Engines are created on `device`."""
        self._device = device
        self._engines: dict[str, Engine] = {}
        self._identities: OrderedDict[tuple[str, UUID], Identity] = OrderedDict()

    def engine(self, name: str) -> Engine:
        """The engine of that name. Raises `WorkError` where there is none."""
        if name not in self._engines:
            self._engines[name] = engines.create(name, self._device)
        return self._engines[name]

    def identity(self, engine: Engine, face: FaceSource) -> Identity:
        """The identity of a face; its photos are read the first time only."""
        key = (engine.name, face.face_id)
        if key not in self._identities:
            self._identities[key] = engine.prepare([_photo(source) for source in face.photos])
        self._identities.move_to_end(key)
        while len(self._identities) > _KEPT:
            self._identities.popitem(last=False)
        return self._identities[key]


def _photo(source: PhotoSource) -> Photo:
    picture = decode_photo(photo_bytes(source.url))
    return Photo(picture, np.array(source.points, np.float32), source.weight)
