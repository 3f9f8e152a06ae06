"""Squares cut out by torch, on the device of the engine: needs torch, so only such engines import it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from faces.align import Matrix, enlargement, inverse, scale_of, scaled
from gpu_agent.warping.base import View, window


class GridWarper:
    """Cuts with `grid_sample`; only the part of a picture that a square shows goes to the device."""

    def __init__(self, device: str = "cpu") -> None:
        """`device` is torch's name of it."""
        self._device = torch.device(device)

    def squares(self, views: Sequence[View], size: int) -> npt.NDArray[np.uint8]:
        """See `Warper`."""
        if not views:
            return np.zeros((0, size, size, 3), np.uint8)
        made = torch.stack([self._square(view, size) for view in views])
        return np.asarray((made + 0.5).to(torch.uint8).cpu().numpy())

    def _square(self, view: View, size: int) -> torch.Tensor:
        picture, matrix = window(view, size)
        factor = enlargement(scale_of(matrix))
        pixels = torch.from_numpy(np.array(picture)).to(self._device).permute(2, 0, 1)[None].float()
        grid = self._grid(scaled(matrix, factor), size * factor, picture.shape[1], picture.shape[0])
        large = functional.grid_sample(
            pixels, grid, mode="bilinear", padding_mode="border", align_corners=False
        )
        return functional.avg_pool2d(large, factor)[0].permute(1, 2, 0)

    def _grid(self, matrix: Matrix, size: int, width: int, height: int) -> torch.Tensor:
        """Where each pixel of the square lies in the picture, from -1 to 1 between its outer edges."""
        back = torch.from_numpy(inverse(matrix)).to(self._device, torch.float32)
        row = torch.arange(size, device=self._device, dtype=torch.float32)
        places = torch.stack(torch.meshgrid(row, row, indexing="xy"), -1) @ back[:, :2].T + back[:, 2]
        sides = torch.tensor([width, height], device=self._device, dtype=torch.float32)
        return ((places + 0.5) * 2 / sides - 1)[None]
