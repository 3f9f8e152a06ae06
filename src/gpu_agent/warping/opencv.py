"""Squares cut out by OpenCV, on the processor."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from faces.align import warp
from gpu_agent.warping.base import View


class CpuWarper:
    """Cuts with `cv2.warpAffine`."""

    def squares(self, views: Sequence[View], size: int) -> npt.NDArray[np.uint8]:
        """See `Warper`."""
        if not views:
            return np.zeros((0, size, size, 3), np.uint8)
        return np.stack([warp(view.picture, view.matrix, size) for view in views])
