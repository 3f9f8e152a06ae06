"""3 x 3 convolutions with a quarter of the multiplications, for processors.

Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR 2016), F(4 x 4, 3 x 3): tiles of 6 x 6 are
brought to where a convolution is a product, and the products back to tiles of 4 x 4. In 32 bits the result differs
from the plain sum by some millionths of its size.
"""

from collections.abc import Iterator, Sequence
from math import prod

import torch
from torch import Tensor, nn

_TILE = 4  # pixels of the result, a side
_WINDOW = _TILE + 2
_GROUP = 196  # tiles at once: enough for matrix products, few enough for the cache

_TO = [
    [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
]  # fmt: skip
_WEIGHTS: list[list[float]] = [
    [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
]  # fmt: skip
_BACK = [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]


class Workspace:
    """Memory that is used over and over: to get it afresh from the system takes as long as the work in it."""

    def __init__(self) -> None:
        self._rooms: dict[str, Tensor] = {}

    def room(self, name: str, *shape: int) -> Tensor:
        """Numbers of that shape to be written to; they last until the next room of that name."""
        count = prod(shape)
        if name not in self._rooms or self._rooms[name].numel() < count:
            self._rooms[name] = torch.empty(count)
        return self._rooms[name][:count].view(shape)


class Winograd(nn.Conv2d):
    """A 3 x 3 convolution of stride 1 and 32 bits; sizes that are no multiple of 4 are computed the plain way."""

    workspace: Workspace

    @classmethod
    def of(cls, conv: nn.Conv2d, workspace: Workspace) -> "Winograd":
        """The same convolution, its weights in the order in which they are multiplied.

        Those that run one after another share a `workspace`.
        """
        made = cls(conv.in_channels, conv.out_channels, 3, padding=_margin(conv), device="meta")
        ordered = conv.weight.permute(2, 3, 1, 0).contiguous().permute(3, 2, 0, 1)
        made.weight, made.bias = nn.Parameter(ordered, requires_grad=False), conv.bias
        made.workspace = workspace
        return made

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to (n, outputs, h', w'), channels last."""
        framed = nn.functional.pad(x, (_margin(self),) * 4)
        high, wide = (framed.shape[2] - 2) / _TILE, (framed.shape[3] - 2) / _TILE
        if high % 1 or wide % 1:
            return super().forward(x)
        given = framed.contiguous(memory_format=torch.channels_last).permute(0, 2, 3, 1)
        made = given.new_empty(len(given), int(high), _TILE, int(wide), _TILE, self.out_channels)
        self._fill(made, given)
        return made.view(len(given), int(high) * _TILE, int(wide) * _TILE, -1).permute(0, 3, 1, 2)

    def _fill(self, made: Tensor, given: Tensor) -> None:
        """Compute `made` (n, high, 4, wide, 4, outputs) from `given` (n, h + 2, w + 2, c), group by group."""
        weights, to, back = self._weights(), _both(_TO), _both(_BACK)
        room, inputs, outputs = self.workspace.room, self.in_channels, self.out_channels
        for faces, rows in _groups(made):
            tiles = _tiles(given[faces], rows)
            count = tiles.shape[2:5].numel()
            flat = room("even", *tiles.shape).copy_(tiles).view(_WINDOW**2, -1)
            moved = torch.mm(to, flat, out=room("odd", _WINDOW**2, count * inputs))
            products = room("even", _WINDOW**2, count, outputs)
            torch.bmm(moved.view(_WINDOW**2, count, inputs), weights, out=products)
            result = room("odd", _TILE**2, count * outputs)
            torch.mm(back, products.view(_WINDOW**2, -1), out=result)
            result = result.view(_TILE, _TILE, *tiles.shape[2:5], outputs)
            if self.bias is not None:
                result += self.bias
            made[faces, rows].copy_(result.permute(2, 3, 0, 4, 1, 5))

    def _weights(self) -> Tensor:
        """They are moved for every batch: kept, they would take four times the memory."""
        moved = self.workspace.room("weights", _WINDOW**2, self.in_channels * self.out_channels)
        torch.mm(_both(_WEIGHTS), self.weight.permute(2, 3, 1, 0).reshape(9, -1), out=moved)
        return moved.view(_WINDOW**2, self.in_channels, self.out_channels)


def _margin(conv: nn.Conv2d) -> int:
    margin = conv.padding[0]
    assert isinstance(margin, int)
    return margin


def _groups(made: Tensor) -> Iterator[tuple[slice, slice]]:
    """Which faces and rows of tiles are computed together."""
    high, wide = made.shape[1], made.shape[3]
    faces, rows = max(1, _GROUP // (high * wide)), max(1, min(high, _GROUP // wide))
    for first in range(0, len(made), faces):
        for top in range(0, high, rows):
            yield slice(first, first + faces), slice(top, min(top + rows, high))


def _tiles(given: Tensor, rows: slice) -> Tensor:
    """Windows on (n, h, w, c), which overlap by 2: (6, 6, n, rows, columns, c)."""
    windows = given.unfold(1, _WINDOW, _TILE).unfold(2, _WINDOW, _TILE)
    return windows[:, rows].permute(4, 5, 0, 1, 2, 3)


def _both(matrix: Sequence[Sequence[float]]) -> Tensor:
    """The change of a row and then of a column, as one matrix on flat tiles."""
    one = torch.tensor(matrix, dtype=torch.float32)
    return torch.kron(one, one)
