"""The identity network: a residual net of 101 layers with squeeze and excitation, as SimSwap's ArcFace has it.

Residual blocks: Deng et al., "ArcFace" (CVPR 2019), section 3.2.2; excitation: Hu et al. (CVPR 2018).
"""

import torch
from torch import Tensor, nn

from gpu_agent.networks.generator import DEVIATION, MEAN

SIZE = 112  # pixels
_DEPTHS = (3, 4, 23, 3)
_WIDTHS = (64, 128, 256, 512)
_LATENT = 512


class Excitation(nn.Module):
    """Weighs channels by what the whole map shows."""

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // reduction),
            nn.PReLU(),
            nn.Linear(channels // reduction, channels),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape."""
        return x * self.fc(x.mean((2, 3)))[:, :, None, None]


class Residual(nn.Module):
    """A block of the residual net; one slope serves both of its activations."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.bn0 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, inputs, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        self.prelu = nn.PReLU()
        self.conv2 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.se = Excitation(outputs)
        self.downsample: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, outputs, h / stride, w / stride)."""
        y = self.prelu(self.bn1(self.conv1(self.bn0(x))))
        y = self.se(self.bn2(self.conv2(y)))
        return self.prelu(y + (self.downsample(x) if self.downsample is not None else x))


class IdentityNetwork(nn.Module):
    """From a face of 112 x 112 pixels to a unit vector of 512."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.prelu = nn.PReLU()
        self.maxpool = nn.MaxPool2d(2)
        inputs = 64
        for level, (width, depth) in enumerate(zip(_WIDTHS, _DEPTHS, strict=True), start=1):
            strides = [1 if level == 1 else 2, *[1] * (depth - 1)]
            blocks = [Residual(inputs if not place else width, width, s) for place, s in enumerate(strides)]
            self.add_module(f"layer{level}", nn.Sequential(*blocks))
            inputs = width
        self.bn2 = nn.BatchNorm2d(512)
        self.fc = nn.Linear(512 * 7 * 7, _LATENT)
        self.bn3 = nn.BatchNorm1d(_LATENT)
        self.register_buffer(
            "_imagenet", torch.tensor([MEAN, DEVIATION]).reshape(2, 1, 3, 1, 1), persistent=False
        )

    def forward(self, faces: Tensor) -> Tensor:
        """Unit vectors (n, 512) of RGB `faces` (n, 3, 112, 112), 0 to 1, aligned to the ArcFace template."""
        mean, deviation = self._imagenet
        x = self.maxpool(self.prelu(self.bn1(self.conv1((faces - mean) / deviation))))
        for level in range(1, 5):
            x = self.get_submodule(f"layer{level}")(x)
        x = self.bn3(self.fc(self.bn2(x).flatten(1)))
        return nn.functional.normalize(x)
