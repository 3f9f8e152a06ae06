"""What the generator minimizes. Each term is a mean over faces; `recipe.Weights` says how much it counts.

Identity, adversary, weak feature matching and reconstruction are those of R. Chen et al., "SimSwap" (ACM MM 2020).
"""

import torch
from torch import Tensor
from torch.nn import functional


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


def unevenness(shown: Tensor) -> Tensor:
    """Mean absolute step (n,) between neighbors of a mask (n, 1, h, w)."""
    return (shown.diff(dim=2).abs().mean((1, 2, 3)) + shown.diff(dim=3).abs().mean((1, 2, 3))) / 2
