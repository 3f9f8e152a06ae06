"""The compact SimSwap: the published network's idea at 128 pixels, small enough for two processor cores.

Like SimSwap (R. Chen et al., ACM MM 2020) it shrinks a face, injects an identity by adaptive instance norm in residual
blocks, and grows a face again. Unlike it, the identity is a vector of SFace; on the way back two more blocks inject,
where the target's own features of that size are added; and a fourth channel says how much of the new face is shown.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gpu_agent.networks.blocks import Style

SIDE = 128
LATENT = 128
_EPSILON = 1e-5
# What the mask begins with, before the sigmoid: 0.88 is shown. A shut one would teach nothing.
_SHOWS = 2.0


@dataclass(frozen=True)
class CompactShape:
    """What distinguishes one compact network from another: channels at 64, 32 and 16 pixels, and blocks at 16."""

    widths: tuple[int, int, int] = (48, 96, 192)
    blocks: int = 6


class Compact(nn.Module):
    """Puts an identity into a face and says where it did."""

    def __init__(self, shape: CompactShape) -> None:
        super().__init__()
        self.shape = shape
        fine, middle, coarse = shape.widths
        self.stem = _activated(4 * 3, fine)
        self.down1 = _activated(fine, middle, stride=2)
        self.down2 = _activated(middle, coarse, stride=2)
        self.blocks = nn.ModuleList(Injecting(coarse) for _ in range(shape.blocks))
        self.up2 = _activated(coarse, middle)
        self.detail = Injecting(middle)
        self.up1 = _activated(middle, fine)
        self.finest = Injecting(fine)
        self.head = nn.Conv2d(fine, 4 * 4, 3, padding=1)
        _open(self.head)

    def forward(self, faces: Tensor, latents: Tensor) -> tuple[Tensor, Tensor]:
        """New faces and how much of them is shown.

        Args:
            faces: (n, 3, 128, 128), RGB, 0 to 1, aligned to ArcFace's template.
            latents: (n, 128), unit vectors of SFace.

        Returns:
            (n, 3, 128, 128), RGB, 0 to 1, and (n, 1, 128, 128), 0 to 1.
        """
        # Of unit variance: so styles follow an identity as fast as convolutions learn.
        latents = latents * LATENT**0.5
        fine = self.stem(functional.pixel_unshuffle(faces * 2 - 1, 2))
        middle = self.down1(fine)
        x = self.down2(middle)
        for block in self.blocks:
            x = block(x, latents)
        x = self.detail(self.up2(_doubled(x)) + middle, latents)
        x = self.finest(self.up1(_doubled(x)) + fine, latents)
        drawn = torch.sigmoid(functional.pixel_shuffle(self.head(x).float(), 2))
        return drawn[:, :3], drawn[:, 3:]


class Injecting(nn.Module):
    """A residual block with two injections of the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.style1 = Style(LATENT, channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.style2 = Style(LATENT, channels)

    def forward(self, x: Tensor, latents: Tensor) -> Tensor:
        """`x` (n, channels, h, w); `latents` (n, 128)."""
        y = torch.relu(_injected(self.conv1(x), self.style1, latents))
        return x + _injected(self.conv2(y), self.style2, latents)


def composed(faces: Tensor, new: Tensor, shown: Tensor) -> Tensor:
    """The result: `new` over `faces` by `shown`."""
    return faces + (new - faces) * shown


def _open(head: nn.Conv2d) -> None:
    """Begin with a mask that is even and shows."""
    assert head.bias is not None
    with torch.no_grad():
        head.weight[12:].zero_()
        head.bias[12:].fill_(_SHOWS)


def _injected(x: Tensor, style: Style, latents: Tensor) -> Tensor:
    normed = functional.instance_norm(x, eps=_EPSILON)
    out: Tensor = style(normed, style.linear(latents).to(normed.dtype))
    return out


def _activated(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(0.1),
    )


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")
