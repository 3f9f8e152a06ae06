"""What networks with frozen weights are made of."""

from typing import Any

import torch
from torch import Tensor, nn


class FrozenPReLU(nn.Module):
    """PReLU whose slopes nobody learns: torch's own computes their gradient too, a fifth of SFace's time."""

    slopes: Tensor

    def __init__(self, slopes: Tensor) -> None:
        """One slope (c,) for each channel."""
        super().__init__()
        self.register_buffer("slopes", slopes)

    def forward(self, x: Tensor) -> Tensor:
        """Of features (n, c, h, w)."""
        out: Tensor = _Bent.apply(x, self.slopes.to(x.dtype))  # type: ignore[no-untyped-call]
        return out


class _Bent(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, slopes: Tensor) -> Tensor:
        ctx.save_for_backward(x, slopes)
        return nn.functional.prelu(x, slopes)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        x, slopes = ctx.saved_tensors
        # Twice as fast as `torch.where` on processors, and as exact.
        above = torch.ops.aten.threshold_backward(gradients[0], x, 0)
        return torch.addcmul(above, gradients[0] - above, slopes[:, None, None]), None
