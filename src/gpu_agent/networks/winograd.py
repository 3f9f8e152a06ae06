"""3 x 3 convolutions with a quarter of the multiplications, for processors.

Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR 2016), F(4 x 4, 3 x 3): tiles of 6 x 6 are
brought to where a convolution is a product, and the products back to tiles of 4 x 4. In 32 bits the result differs
from the plain sum by some millionths of its size.
"""

from collections.abc import Iterator, Sequence

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


class Winograd(nn.Conv2d):
    """A 3 x 3 convolution of stride 1 and 32 bits; sizes that are no multiple of 4 are computed the plain way."""

    @classmethod
    def of(cls, conv: nn.Conv2d) -> "Winograd":
        """The same convolution, its weights in the order in which they are multiplied."""
        made = cls(conv.in_channels, conv.out_channels, 3, padding=_margin(conv), device="meta")
        ordered = conv.weight.permute(2, 3, 1, 0).contiguous().permute(3, 2, 0, 1)
        made.weight, made.bias = nn.Parameter(ordered, requires_grad=False), conv.bias
        return made

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to (n, outputs, h', w'), channels last."""
        framed = nn.functional.pad(x, (_margin(self),) * 4)
        height, width = framed.shape[2] - 2, framed.shape[3] - 2
        if height % _TILE or width % _TILE:
            return super().forward(x)
        given = framed.contiguous(memory_format=torch.channels_last).permute(0, 2, 3, 1)
        made = given.new_empty(len(given), height, width, self.out_channels)
        weights = _both(given, _WEIGHTS) @ self.weight.permute(2, 3, 1, 0).reshape(9, -1)
        self._fill(made, given, weights.view(_WINDOW**2, self.in_channels, self.out_channels))
        return made.permute(0, 3, 1, 2)

    def _fill(self, made: Tensor, given: Tensor, weights: Tensor) -> None:
        """Compute `made` (n, h, w, outputs) from `given` (n, h + 2, w + 2, c), group by group."""
        to, back = _both(given, _TO), _both(given, _BACK)
        for faces, rows in _groups(made):
            tiles = _tiles(given[faces], rows)
            count = tiles.shape[2:5].numel()
            moved = to @ tiles.reshape(_WINDOW**2, -1)
            products = torch.bmm(moved.view(_WINDOW**2, count, -1), weights)
            result = (back @ products.view(_WINDOW**2, -1)).view(_TILE, _TILE, *tiles.shape[2:5], -1)
            if self.bias is not None:
                result += self.bias
            part = made[faces, rows.start * _TILE : rows.stop * _TILE]
            part.copy_(result.permute(2, 3, 0, 4, 1, 5).reshape(part.shape))


def _margin(conv: nn.Conv2d) -> int:
    margin = conv.padding[0]
    assert isinstance(margin, int)
    return margin


def _groups(made: Tensor) -> Iterator[tuple[slice, slice]]:
    """Which faces and rows of tiles are computed together."""
    high, wide = made.shape[1] // _TILE, made.shape[2] // _TILE
    faces, rows = max(1, _GROUP // (high * wide)), max(1, min(high, _GROUP // wide))
    for first in range(0, len(made), faces):
        for top in range(0, high, rows):
            yield slice(first, first + faces), slice(top, min(top + rows, high))


def _tiles(given: Tensor, rows: slice) -> Tensor:
    """Windows on (n, h, w, c), which overlap by 2: (6, 6, n, rows, columns, c)."""
    windows = given.unfold(1, _WINDOW, _TILE).unfold(2, _WINDOW, _TILE)
    return windows[:, rows].permute(4, 5, 0, 1, 2, 3)


def _both(like: Tensor, matrix: Sequence[Sequence[float]]) -> Tensor:
    """The change of a row and then of a column, as one matrix on flat tiles."""
    one = torch.tensor(matrix, dtype=like.dtype, device=like.device)
    return torch.kron(one, one)
