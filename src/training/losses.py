"""What the generator minimizes. Each term is a mean over faces; `recipe.Weights` says how much it counts.

Identity, adversary, weak feature matching and reconstruction are those of R. Chen et al., "SimSwap" (ACM MM 2020).
"""

import torch
from torch import Tensor
from torch.nn import functional

# Where faces lie on ArcFace's template, in parts of the square, brow to chin: middle and half axes of an ellipse.
_FACE_MIDDLE, _FACE_AXES = (0.5, 0.62), (0.36, 0.44)
# Within it a mask is cheap, not free: what looks the same without need not be shown.
_WITHIN, _EDGE = 0.1, 0.15


def identity(vectors: Tensor, wanted: Tensor) -> Tensor:
    """1 minus the cosine of unit vectors (n, d), a row each."""
    return 1 - (vectors * wanted).sum(1)


def leftover(vectors: Tensor, target: Tensor, allowed: float) -> Tensor:
    """By how much a result is still like the target: its cosine beyond `allowed`, (n,)."""
    return ((vectors * target).sum(1) - allowed).relu()


def difference(a: Tensor, b: Tensor, counted: Tensor) -> Tensor:
    """Mean absolute difference (n,) of pictures (n, c, h, w), where `counted` (n, 1, h, w) is 1."""
    sums = ((a - b).abs().mean(1, keepdim=True) * counted).sum((1, 2, 3))
    return sums / counted.sum((1, 2, 3)).clamp_min(1)


def coarse(a: Tensor, b: Tensor, counted: Tensor, side: int = 16) -> Tensor:
    """The same between pictures reduced to `side` pixels: pose, light and colors, and hardly the identity."""
    small_a, small_b, where = (functional.adaptive_avg_pool2d(one, side) for one in (a, b, counted))
    return difference(small_a, small_b, (where > 0.99).to(a.dtype))


def matching(made: list[Tensor], real: list[Tensor], first: int) -> Tensor:
    """Mean absolute difference of the critic's features from level `first` on: weak, so that identity may change."""
    terms = [functional.l1_loss(a.float(), b.detach().float()) for a, b in zip(made, real, strict=True)]
    return torch.stack(terms[first:]).mean()


def showing(shown: Tensor) -> Tensor:
    """What a mask (n, 1, h, w) costs, (n,): its mean, a tenth of it where faces lie."""
    return (shown * _prices(shown.shape[-2], shown.shape[-1]).to(shown)).mean((1, 2, 3))


def _prices(height: int, width: int) -> Tensor:
    """The price of each pixel (h, w): `_WITHIN` in the ellipse, 1 outside, rising between."""
    y = (torch.arange(height) + 0.5) / height
    x = (torch.arange(width) + 0.5) / width
    across, down = (x - _FACE_MIDDLE[0]) / _FACE_AXES[0], (y - _FACE_MIDDLE[1]) / _FACE_AXES[1]
    radius = (across[None, :] ** 2 + down[:, None] ** 2).sqrt()
    return _WITHIN + (1 - _WITHIN) * ((radius - 1) / (2 * _EDGE) + 0.5).clamp(0, 1)


def unevenness(shown: Tensor) -> Tensor:
    """Mean absolute step (n,) between neighbors of a mask (n, 1, h, w)."""
    return (shown.diff(dim=2).abs().mean((1, 2, 3)) + shown.diff(dim=3).abs().mean((1, 2, 3))) / 2
