"""Between frames and an engine: squares cut out for it, and what it makes of them laid back."""

from collections.abc import Sequence

import numpy as np

from faces.detect import Picture
from gpu_agent.blend import detail
from gpu_agent.blend.edge import Masks, soft_square
from gpu_agent.blend.layer import Layer, blended, box_of
from gpu_agent.blend.square import Square
from gpu_agent.blend.templates import Templates
from gpu_agent.blend.tones import shrunk, toned
from gpu_agent.engines.base import Engine
from gpu_agent.seen import SeenFace, SwappableFrame
from gpu_agent.warping import View, Warper, warper_for


class Blender:
    """Cuts and lays the faces of a segment's frames, which come in order. It remembers its tracks."""

    def __init__(self, engine: Engine, warper: Warper | None = None) -> None:
        """For squares as `engine` wants them, cut by `warper`."""
        self._size = engine.size
        self._templates = Templates(engine.templates)
        self._warper = warper or warper_for(engine.device)

    def squares(self, faces: Sequence[tuple[SwappableFrame, SeenFace]]) -> list[Square]:
        """The squares of faces, in the order of their frames."""
        pictures = [frame.to_bgr() for frame, _ in faces]
        matrices = [self._templates.matrix(face.track, face.points) for _, face in faces]
        views = [View(picture, matrix) for picture, matrix in zip(pictures, matrices, strict=True)]
        crops = self._warper.squares(views, self._size)
        return [
            Square(picture, crop, matrix, face.strength)
            for picture, crop, matrix, (_, face) in zip(pictures, crops, matrices, faces, strict=True)
        ]

    def lay(self, frame: SwappableFrame, square: Square, crop: Picture, mask: Masks) -> None:
        """Lay what an engine made of a square over its frame; `mask` says what the engine changed."""
        shown = np.minimum(mask, soft_square(self._size)) * np.float32(square.strength)
        crop = toned(crop, square.crop, shrunk(shown))
        layer = Layer(crop, shown, square.matrix, square.crop, detail.likeness(crop, square.crop))
        height, width = square.picture.shape[:2]
        box = box_of(layer, width, height)
        if box is not None:
            pixels = blended(layer, frame.part(box), square.picture[box.rows, box.columns], box)
            frame.patch(box.left, box.top, pixels)
