"""The generator: a face in, the same face with another identity out. One class for all published families."""

from typing import Any

import torch
from torch import Tensor, nn

from gpu_agent.networks.blocks import Block, activated, down, imagenet, up, wide
from gpu_agent.networks.families import Shape


class Generator(nn.Module):
    """SimSwap's generator; the names of its parts are those of published state dicts."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        widths = shape.widths
        self._downs = [f"down{level}" for level in shape.levels]
        self._ups = [f"up{level}" for level in reversed(shape.levels)]
        self.first_layer = nn.Sequential(*wide(3, widths[0]), *activated(widths[0]))
        for name, inputs, outputs in zip(self._downs, widths, widths[1:], strict=False):
            self.add_module(name, down(inputs, outputs))
        self.BottleNeck = nn.ModuleList(Block(widths[-1], shape.latent) for _ in range(shape.blocks))
        backwards = widths[::-1]
        for name, inputs, outputs in zip(self._ups, backwards, backwards[1:], strict=False):
            self.add_module(name, up(inputs, outputs))
        self.last_layer = nn.Sequential(*wide(widths[0], 3))

    def styles(self, latent: Tensor) -> Tensor:
        """All that the network knows of an identity: (n, blocks, 2, 2 * channels) from unit latents (n, 512)."""
        rows = [
            torch.stack((block.style1.linear(latent), block.style2.linear(latent)), dim=1)
            for block in self.blocks()
        ]
        return torch.stack(rows, dim=1)

    def forward(self, faces: Tensor, styles: Tensor) -> Tensor:
        """RGB `faces` (n, 3, size, size), 0 to 1, with the identities of `styles`; the same shape and range."""
        return self.grow(self.inject(self.shrink(faces), styles))

    def shrink(self, faces: Tensor) -> Tensor:
        """The first part: features (n, channels, side, side) of faces."""
        x: Tensor = self.first_layer(self._seen(faces))
        for name in self._downs:
            x = self.get_submodule(name)(x)
        return x

    def inject(self, x: Tensor, styles: Tensor) -> Tensor:
        """The middle: the same features with another identity."""
        for index, block in enumerate(self.BottleNeck):
            x = block(x, styles[:, index])
        return x

    def grow(self, x: Tensor) -> Tensor:
        """The last part: faces of features."""
        for name in self._ups:
            x = self.get_submodule(name)(x)
        return self._shown(self.last_layer(x))

    def blocks(self) -> list[Any]:
        """The residual blocks: `blocks.Block`, or what stands for them."""
        return [*self.BottleNeck]

    def _seen(self, faces: Tensor) -> Tensor:
        if not self.shape.normalized:
            return faces
        mean, deviation = imagenet(faces)
        return (faces - mean) / deviation

    def _shown(self, x: Tensor) -> Tensor:
        if self.shape.bounded:
            return (torch.tanh(x) + 1) / 2
        if self.shape.normalized:
            mean, deviation = imagenet(x)
            x = x * deviation + mean
        return x.clamp(0, 1)
