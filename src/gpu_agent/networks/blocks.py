"""The parts of the generator: convolutions, instance norm, and residual blocks in which an identity is injected.

Written after R. Chen et al., "SimSwap: An Efficient Framework For High Fidelity Face Swapping" (ACM MM 2020).
"""

import torch
from torch import Tensor, nn

from gpu_agent.networks.families import DEVIATION, MEAN

EPSILON = 1e-8  # of the published instance norm


class InstanceNorm(nn.Module):
    """Subtracts each channel's spatial mean and divides by its deviation; no parameters.

    Statistics are computed in 32 bits: epsilon is below the smallest number of 16.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape and type."""
        wide = x.float()
        wide = wide - wide.mean((2, 3), keepdim=True)
        return (wide * torch.rsqrt(wide.square().mean((2, 3), keepdim=True) + EPSILON)).to(x.dtype)


class Style(nn.Module):
    """Scale and shift of each channel, told by the identity (AdaIN; Huang and Belongie, ICCV 2017)."""

    def __init__(self, latent: int, channels: int) -> None:
        super().__init__()
        self.linear = nn.Linear(latent, 2 * channels)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """Apply `style`, (n, 2 * channels) as `linear` made it, to `x`."""
        scale, shift = style[:, :, None, None].chunk(2, dim=1)
        return x * (scale + 1) + shift


class Block(nn.Module):
    """A residual block with two injections of the identity."""

    def __init__(self, channels: int, latent: int) -> None:
        super().__init__()
        self.conv1 = normed(channels)
        self.style1 = Style(latent, channels)
        self.conv2 = normed(channels)
        self.style2 = Style(latent, channels)

    def forward(self, x: Tensor, styles: Tensor) -> Tensor:
        """`x` (n, channels, h, w); `styles` (n, 2, 2 * channels), one row an injection."""
        y = torch.relu(self.style1(self.conv1(x), styles[:, 0]))
        change: Tensor = self.style2(self.conv2(y), styles[:, 1])
        return x + change


def normed(channels: int) -> nn.Sequential:
    """A 3 x 3 convolution and instance norm."""
    return nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), InstanceNorm())


def wide(inputs: int, outputs: int) -> list[nn.Module]:
    """A 7 x 7 convolution that keeps the size."""
    return [nn.ReflectionPad2d(3), nn.Conv2d(inputs, outputs, 7)]


def activated(channels: int) -> list[nn.Module]:
    """Batch norm and ReLU."""
    return [nn.BatchNorm2d(channels), nn.ReLU()]


def down(inputs: int, outputs: int) -> nn.Sequential:
    """Half the size."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), *activated(outputs))


def up(inputs: int, outputs: int) -> nn.Sequential:
    """Twice the size."""
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
        nn.Conv2d(inputs, outputs, 3, padding=1),
        *activated(outputs),
    )


def imagenet(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of ImageNet's colors, (1, 3, 1, 1), of the type and on the device of `pixels`."""
    mean, deviation = (pixels.new_tensor(row).reshape(1, 3, 1, 1) for row in (MEAN, DEVIATION))
    return mean, deviation
