"""Between frames and an engine: squares cut out for it, and what it makes of them laid back."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from faces.align import scale_of, scaled, transform
from faces.detect import Picture
from gpu_agent.blend import detail, tones
from gpu_agent.blend.base import Square
from gpu_agent.blend.covering import Coverings
from gpu_agent.blend.edge import Masks, soft_square
from gpu_agent.blend.layer import Layer, blended, box_of
from gpu_agent.blend.small import SIDE, enlarged, reduced, shrunk
from gpu_agent.blend.templates import Templates
from gpu_agent.engines.base import Engine
from gpu_agent.seen import F, Seen, SeenFace, SwappableFrame
from gpu_agent.warping import View, Warper, warper_for


class Blender:
    """The way swaps are blended here; see `Blending`. It remembers its tracks."""

    def __init__(self, engine: Engine, warper: Warper | None = None) -> None:
        """For squares as `engine` wants them, cut by `warper`."""
        self._size = engine.size
        self._templates = Templates(engine.templates)
        self._coverings = Coverings()
        self._warper = warper or warper_for(engine.device)

    def look(self, seen: Seen[F]) -> None:
        """Remember the faces of a frame that is only looked at: one before the segment's first."""
        self.squares([(seen.frame, face) for face in seen.faces])

    def squares(self, faces: Sequence[tuple[SwappableFrame, SeenFace]]) -> list[Square]:
        """The squares of faces, in the order of their frames."""
        views = [
            View(frame.to_bgr(), self._templates.matrix(face.track, face.points)) for frame, face in faces
        ]
        crops = self._warper.squares(views, self._size)
        return [
            self._square(view, crop, face) for view, crop, (_, face) in zip(views, crops, faces, strict=True)
        ]

    def _square(self, view: View, crop: Picture, face: SeenFace) -> Square:
        points = transform(scaled(view.matrix, SIDE / self._size), face.points)
        shown = self._coverings.face(face.track, reduced(crop), points)
        return Square(view.picture, crop, view.matrix, face.strength, shown)

    def lay(self, frame: SwappableFrame, square: Square, crop: Picture, mask: Masks) -> None:
        """Lay what an engine made of a square over its frame; `mask` says what the engine changed."""
        if square.face is not None:
            mask = np.minimum(mask, enlarged(square.face, self._size))
        layer = self._layer(square, crop, np.minimum(mask, soft_square(self._size)))
        height, width = square.picture.shape[:2]
        box = box_of(layer, width, height)
        if box is not None:
            pixels = blended(layer, frame.part(box), square.picture[box.rows, box.columns], box)
            frame.patch(box.left, box.top, pixels)

    def _layer(self, square: Square, crop: Picture, mask: Masks) -> Layer:
        target, swapped = reduced(square.crop), reduced(crop)
        change = tones.change(swapped, target, shrunk(mask))
        layer = Layer(tones.changed(crop, change), _bytes(mask * square.strength), square.matrix)
        detailed = detail.strength(1 / scale_of(square.matrix))
        if not detailed:
            return layer
        share = enlarged(detail.likeness(swapped + change, target) * detailed, self._size)
        return replace(layer, target=square.crop, detailed=_bytes(share))


def _bytes(share: Masks) -> npt.NDArray[np.uint8]:
    return np.asarray(share * np.float32(255) + np.float32(0.5), np.uint8)
