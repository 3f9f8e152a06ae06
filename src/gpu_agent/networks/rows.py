"""Wide convolutions to few channels, for processors, whose vectors such a few would leave half empty."""

import torch
from torch import Tensor, nn


class Rows(nn.Conv2d):
    """A convolution of stride 1 and without padding, as one of rows that computes each row of the kernel apart."""

    @classmethod
    def of(cls, conv: nn.Conv2d) -> "Rows":
        """The same convolution."""
        made = cls(conv.in_channels, conv.out_channels, _sides(conv), device="meta")
        made.weight, made.bias = conv.weight, conv.bias
        return made

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to (n, outputs, h - side + 1, w - side + 1)."""
        outputs, _, side, _ = self.weight.shape
        # Row after row of the kernel, and for each of them all outputs.
        rows = self.weight.permute(2, 0, 1, 3).flatten(0, 1).unsqueeze(2)
        parts = nn.functional.conv2d(x, rows.contiguous(memory_format=torch.channels_last))
        height = x.shape[2] - side + 1
        made = parts[:, :outputs, :height].clone()
        for row in range(1, side):
            made += parts[:, row * outputs : (row + 1) * outputs, row : row + height]
        return made if self.bias is None else made.add_(self.bias[:, None, None])


def _sides(conv: nn.Conv2d) -> tuple[int, int]:
    height, width = conv.kernel_size
    return height, width
