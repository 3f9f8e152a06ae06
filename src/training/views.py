"""Views of stored faces: the network's square as alignment and light may deliver it, and what recognizers want.

Coordinates of pixels run from 0 at the middle of the first one.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from gpu_agent.networks.compact import SIDE
from training import pack, recognizers
from training.recipe import Spread

_MIDDLE, _SEEN_MIDDLE = (SIDE - 1) / 2, (recognizers.SIDE - 1) / 2
# From the network's square to recognizers': both are ArcFace's template, scaled by 112 / 128.
_SHRUNK = SIDE / recognizers.SIDE


STILL = Spread(mirrored=False)


def places(count: int, spread: Spread, random: torch.Generator) -> Tensor:
    """Random similarities (count, 2, 3): from pixels of the network's square to those of the stored one."""
    linear, moved = _strayed(count, spread, random, _MIDDLE)
    return torch.cat((linear, moved[:, :, None] + pack.MARGIN), 2)


def cut(stored: Tensor, matrices: Tensor) -> Tensor:
    """The network's squares (n, c, 128, 128) of stored ones (n, c, 160, 160), by `places`."""
    return _sampled(stored, matrices, SIDE)


def for_recognizer(faces: Tensor, matrices: Tensor, spread: Spread, random: torch.Generator) -> Tensor:
    """Recognizers' squares (n, 3, 112, 112) of the network's: upright again, and then astray."""
    strayed, off = (one.to(faces.device) for one in _strayed(len(faces), spread, random, _SEEN_MIDDLE))
    linear = torch.linalg.inv(matrices[:, :, :2])
    # The middle of a pixel at q of 112 lies at (q + 0.5) * 8/7 - 0.5 of 128 only if squares share their corners; the
    # templates share their origin instead: q * 8/7.
    moved = linear @ (off * _SHRUNK + pack.MARGIN - matrices[:, :, 2])[:, :, None]
    return _sampled(faces, torch.cat((linear @ strayed * _SHRUNK, moved), 2), recognizers.SIDE)


def lit(faces: Tensor, spread: Spread, random: torch.Generator) -> Tensor:
    """Faces, 0 to 1, in other light: brightness, contrast and color drawn at random for each."""
    gain, lift, color = (_even(len(faces), random)[:, None, None, None] for _ in range(3))
    gain, lift, color = (one.to(faces.device) * spread.light for one in (gain, lift, color))
    gray = faces.mean(1, keepdim=True)
    faces = gray + (faces - gray) * (1 + 2 * color)
    return (((faces - 0.5) * (1 + gain)) + 0.5 + lift * 0.5).clamp(0, 1)


def softened(faces: Tensor, random: torch.Generator) -> Tensor:
    """The same faces, half of them, drawn at random, without what is finer than two pixels."""
    soft = functional.interpolate(
        functional.avg_pool2d(faces, 2), scale_factor=2.0, mode="bilinear", align_corners=False
    )
    drawn = (torch.rand(len(faces), generator=random) < 0.5)[:, None, None, None].to(faces.device)
    return torch.where(drawn, soft, faces)


def _sampled(source: Tensor, matrices: Tensor, side: int) -> Tensor:
    """Bilinear samples; `matrices` go from pixels of the result to pixels of the source."""
    size = source.shape[-1]
    at = torch.arange(side, device=source.device, dtype=torch.float32)
    y, x = torch.meshgrid(at, at, indexing="ij")
    pixels = torch.stack((x, y, torch.ones_like(x)), -1).reshape(-1, 3)
    grid = (pixels @ matrices.transpose(1, 2)).reshape(len(source), side, side, 2)
    return functional.grid_sample(
        source, (grid * 2 + 1) / size - 1, mode="bilinear", padding_mode="border", align_corners=False
    )


def _strayed(count: int, spread: Spread, random: torch.Generator, middle: float) -> tuple[Tensor, Tensor]:
    """Similarities about the middle of a square: (count, 2, 2), and what to add (count, 2)."""
    angle = _even(count, random) * math.radians(spread.turn)
    scale = 1 + _even(count, random) * spread.scale
    flipped = spread.mirrored & (torch.rand(count, generator=random) < 0.5)
    mirror = 1 - 2.0 * flipped
    cos, sin = scale * angle.cos(), scale * angle.sin()
    linear = torch.stack((torch.stack((cos * mirror, -sin), 1), torch.stack((sin * mirror, cos), 1)), 1)
    center = torch.full((count, 2), middle)
    shift = torch.stack((_even(count, random), _even(count, random)), 1) * spread.shift
    return linear, center + shift - (linear @ center[:, :, None])[:, :, 0]


def _even(count: int, random: torch.Generator) -> Tensor:
    return torch.rand(count, generator=random) * 2 - 1
