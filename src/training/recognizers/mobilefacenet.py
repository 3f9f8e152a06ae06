"""MobileFaceNet as layers of torch: a second opinion on who is seen, as what one recognizer says can be forged.

S. Chen et al., "MobileFaceNets" (CCBR 2018). The weights are those of `sirius-ai/MobileFaceNet_TF` (Apache-2.0, trained
on MS-Celeb-1M), as `scripts/mobilefacenet.py` makes them of the TensorFlow Lite file that many apps carry.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from training.recognizers.frozen import FrozenPReLU

FILE = Path(__file__).parent / "mobilefacenet.safetensors"
LENGTH = 192

# Each run of bottlenecks: channels out, channels within its first and its other blocks, how many. The first one halves
# the side.
_STAGES = ((64, 128, 128, 5), (128, 256, 256, 7), (128, 512, 256, 3))
_WIDE = 512


class MobileFaceNet(nn.Module):
    """With the weights in the file, frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(*body())
        self.head = nn.Linear(_WIDE, LENGTH)
        self.load_state_dict({name: tensor.float() for name, tensor in load_file(FILE).items()})
        self.eval().requires_grad_(False)

    def forward(self, faces: Tensor) -> Tensor:
        """Unit vectors (n, 192) of RGB faces (n, 3, 112, 112), 0 to 1, aligned to ArcFace's template."""
        features = self.body((faces * 255 - 127.5) * 0.0078125)
        with torch.autocast(faces.device.type, enabled=False):
            vectors = self.head(features.flatten(1).to(self.head.weight.dtype))
        return nn.functional.normalize(vectors, dim=1)


def body() -> Iterator[nn.Module]:
    """All layers but the last, with weights yet to be loaded."""
    yield _bent(3, 64, 3, stride=2)
    yield _bent(64, 64, 3, groups=64)
    yield nn.Conv2d(64, 64, 1)
    channels = 64
    for out, first, other, blocks in _STAGES:
        yield nn.Sequential(*_bottleneck(channels, first, out, 2))
        for _ in range(blocks - 1):
            yield _Added(*_bottleneck(out, other, out, 1))
        channels = out
    yield _bent(channels, _WIDE, 1)
    yield nn.Conv2d(_WIDE, _WIDE, 7, groups=_WIDE)


def _bottleneck(channels: int, within: int, out: int, stride: int) -> Iterator[nn.Module]:
    yield _bent(channels, within, 1)
    yield _bent(within, within, 3, stride, within)
    yield nn.Conv2d(within, out, 1)


def _bent(channels: int, out: int, side: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """A convolution that keeps the side, or halves it as TensorFlow does: from the first pixel on."""
    layers: list[nn.Module] = [
        nn.Conv2d(channels, out, side, stride, 0 if stride == 2 else side // 2, groups=groups),
        FrozenPReLU(torch.empty(out)),
    ]
    return nn.Sequential(*([nn.ZeroPad2d((0, 1, 0, 1))] if stride == 2 else []), *layers)


class _Added(nn.Sequential):
    """What the layers give is added to what they got."""

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + super().forward(x)  # type: ignore[no-untyped-call]
        return out
