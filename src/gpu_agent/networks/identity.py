"""The identity network: a residual net of 101 layers with squeeze and excitation, as SimSwap's ArcFace has it.

Residual blocks: Deng et al., "ArcFace" (CVPR 2019), section 3.2.2; excitation: Hu et al. (CVPR 2018).
"""

from torch import Tensor, nn

from gpu_agent.networks.blocks import imagenet
from gpu_agent.networks.families import IdentityShape

SIZE = 112  # pixels
_POOLED = 7  # side of the last map


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
        weights: Tensor = self.fc(x.mean((2, 3)))
        return x * weights[:, :, None, None]


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
        result: Tensor = self.prelu(y + (self.downsample(x) if self.downsample is not None else x))
        return result


class IdentityNetwork(nn.Module):
    """From a face of 112 x 112 pixels to a unit vector of 512."""

    def __init__(self, shape: IdentityShape | None = None) -> None:
        """Of the published shape where none is given."""
        super().__init__()
        shape = shape or IdentityShape()
        inputs, last = shape.widths[0], shape.widths[-1]
        self.conv1 = nn.Conv2d(3, inputs, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        self.prelu = nn.PReLU()
        self.maxpool = nn.MaxPool2d(2)
        self._levels = [f"layer{level}" for level in range(1, len(shape.depths) + 1)]
        for level, width, depth in zip(self._levels, shape.widths, shape.depths, strict=True):
            self.add_module(level, _level(inputs, width, depth, stride=1 if level == "layer1" else 2))
            inputs = width
        self.bn2 = nn.BatchNorm2d(last)
        self.fc = nn.Linear(last * _POOLED**2, shape.latent)
        self.bn3 = nn.BatchNorm1d(shape.latent)

    def forward(self, faces: Tensor) -> Tensor:
        """Unit vectors (n, 512) of RGB `faces` (n, 3, 112, 112), 0 to 1, aligned to the ArcFace template."""
        mean, deviation = imagenet(faces)
        x = self.maxpool(self.prelu(self.bn1(self.conv1((faces - mean) / deviation))))
        for level in self._levels:
            x = self.get_submodule(level)(x)
        x = self.bn3(self.fc(self.bn2(x).flatten(1)))
        return nn.functional.normalize(x)


def _level(inputs: int, width: int, depth: int, stride: int) -> nn.Sequential:
    first = Residual(inputs, width, stride)
    return nn.Sequential(first, *(Residual(width, width, 1) for _ in range(depth - 1)))
