"""A generator as it is run: batch norms folded into convolutions, and each injection of the identity in one go.

In evaluation a batch norm is y = (x - mean) / sqrt(variance + epsilon) * weight + bias, which is affine in x
(Jacob et al., CVPR 2018, section 3.2). Instance norm and the style after it are affine too, channel by channel, once
the channel's mean and variance are known; and as the mean is subtracted, what the convolution before it adds to the
whole channel has no effect.
"""

import copy
import dataclasses

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from gpu_agent.networks.blocks import EPSILON, Block, imagenet
from gpu_agent.networks.generator import Generator


def folded(generator: Generator) -> Generator:
    """A copy that computes the same, with less work."""
    copied = copy.deepcopy(generator).eval().requires_grad_(False)
    for row in [part for part in copied.modules() if isinstance(part, nn.Sequential)]:
        _fold(row)
    for place, block in enumerate(copied.blocks()):
        copied.BottleNeck[place] = Folded(block)
    if copied.shape.normalized:
        _take_colors(copied)
    for conv in [part for part in copied.modules() if isinstance(part, nn.Conv2d)]:
        conv.weight.data = conv.weight.contiguous(memory_format=torch.channels_last)
    return copied


class Injection(nn.Module):
    """Instance norm and style, as one affine change of each channel."""

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """`x` (n, c, h, w); `style` (n, 2 * c): scales and shifts. Statistics are computed in 32 bits."""
        mean = x.mean((2, 3), dtype=torch.float32)
        variance = (_power(x) - mean.square()).clamp_min(0)
        scale, shift = style.float().chunk(2, dim=1)
        factor = torch.rsqrt(variance + EPSILON) * (scale + 1)
        offset = shift - mean * factor
        return torch.addcmul(_spread(offset, x), x, _spread(factor, x))


class Folded(nn.Module):
    """A residual block whose norms and styles are one; its convolutions add nothing."""

    def __init__(self, block: Block) -> None:
        """Of a block, whose linear layers it keeps."""
        super().__init__()
        self.conv1, self.conv2 = _unbiased(block.conv1), _unbiased(block.conv2)
        self.style1, self.style2 = block.style1, block.style2
        self.inject = Injection()

    def forward(self, x: Tensor, styles: Tensor) -> Tensor:
        """As `blocks.Block`."""
        y = self.inject(self.conv1(x), styles[:, 0]).relu_()
        change: Tensor = self.inject(self.conv2(y), styles[:, 1])
        return change.add_(x)


def _fold(row: nn.Sequential) -> None:
    for place in range(len(row) - 1):
        conv, norm = row[place], row[place + 1]
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            row[place], row[place + 1] = fuse_conv_bn_eval(conv, norm), nn.Identity()


def _take_colors(generator: Generator) -> None:
    """Have the first and the last convolution do what is done to colors before and after them."""
    first, last = generator.first_layer[1], generator.last_layer[1]
    assert isinstance(first, nn.Conv2d) and isinstance(last, nn.Conv2d)
    assert first.bias is not None and last.bias is not None
    mean, deviation = imagenet(first.weight)
    first.weight /= deviation
    first.bias -= (first.weight * mean).sum((1, 2, 3))
    last.weight *= deviation.reshape(3, 1, 1, 1)
    last.bias = nn.Parameter(last.bias * deviation.flatten() + mean.flatten(), requires_grad=False)
    generator.shape = dataclasses.replace(generator.shape, normalized=False)


def _unbiased(row: nn.Sequential) -> nn.Sequential:
    pad, conv, _norm = row
    assert isinstance(conv, nn.Conv2d)
    conv.bias = None
    return nn.Sequential(pad, conv)


def _power(x: Tensor) -> Tensor:
    """Mean squares (n, c), in 32 bits; 16 bits are not copied into them."""
    if x.dtype == torch.float32:
        return x.square().mean((2, 3))
    norm: Tensor = torch.linalg.vector_norm(x, 2, (2, 3), dtype=torch.float32)
    return norm.square() / (x.shape[2] * x.shape[3])


def _spread(values: Tensor, like: Tensor) -> Tensor:
    return values[:, :, None, None].to(like.dtype)
