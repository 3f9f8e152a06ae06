"""What the published scripts do with each frame, one stage a function, and what each costs.

After SimSwap's `video_swapsingle` and `reverse2wholeimage` (Chen et al., ACM Multimedia 2020). In their favor: YuNet
finds the faces here, at their 640 pixels, where theirs computes many times as much; no face parser makes masks.
"""

import cv2
import numpy as np
import torch
from torch import Tensor

from benchmarks.speed.spent import Spent
from faces.align import Matrix, best_similarity
from faces.detect import Detector, Picture
from gpu_agent.blend.compat import Floats, Swap, pasted, square
from gpu_agent.networks.generator import Generator

JPEG_QUALITY = 95  # of cv2.imwrite
_SIDE = 640
_SCORE = 0.6


class Official:
    """One face put onto one face a frame: detector on every frame, one face at a time, whole frames pasted."""

    def __init__(self, generator: Generator, latent: Tensor, templates: Matrix, device: str) -> None:
        """`generator` as it was published, in 32 bits; `templates` (n, 5, 2) in its pixels."""
        self._generator, self._latent = generator, latent
        self._templates, self._device = templates, device
        self._detector = Detector(_SCORE, _SIDE)

    def swapped(self, frame: Picture, spent: Spent) -> Picture:
        """The frame with its best face swapped. Raises `LookupError` where it has none."""
        faces = spent.on("detect", lambda: self._detector.detect(frame))
        if not faces:
            raise LookupError("the film has a frame without a face")
        best = max(faces, key=lambda face: face.score)
        matrix = best_similarity(best.points, self._templates)
        size = self._generator.shape.size
        crop = spent.on("align", lambda: square(frame, matrix, size))
        face = spent.on("network", lambda: self._generated(crop))
        return spent.on("paste", lambda: pasted(frame, [Swap(face, matrix)]))

    @torch.inference_mode()
    def _generated(self, crop: Picture) -> Floats:
        rgb = torch.from_numpy(crop[..., ::-1].copy()).to(self._device).permute(2, 0, 1)[None] / 255
        made = self._generator(rgb, self._generator.styles(self._latent))[0]
        return np.ascontiguousarray(made.permute(1, 2, 0).cpu().numpy()[..., ::-1])


def jpeg(picture: Picture) -> bytes:
    """As the scripts store every frame."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
