"""The families of published checkpoints, and which one a state dict belongs to. Needs no torch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Shape:
    """What a family's generator looks like.

    Attributes:
        size: Side of its squares in pixels; any multiple of the total reduction works.
        widths: Channels after the first layer and after each halving.
        first: The number in the name of the first halving, such as 1 for `down1`.
        bounded: Whether the last layer ends in tanh, brought to 0 to 1; else it makes normalized pictures.
        normalized: Whether its input is normalized by ImageNet's mean and deviation.
    """

    size: int
    widths: tuple[int, ...]
    first: int
    bounded: bool
    normalized: bool
    blocks: int = 9
    latent: int = 512


# simswap-224: 2021, "people". simswap-512: the beta of 2021. The others: made by the training script of 2022 and
# after; the names and shapes of trained-224 are those of simswap-224.
GENERATORS: Mapping[str, Shape] = MappingProxyType(
    {
        "simswap-224": Shape(224, (64, 128, 256, 512), first=1, bounded=True, normalized=False),
        "simswap-512": Shape(512, (32, 64, 128, 256, 512), first=0, bounded=True, normalized=False),
        "trained-224": Shape(224, (64, 128, 256, 512), first=1, bounded=False, normalized=True),
        "trained-512": Shape(512, (64, 128, 256, 512, 512), first=1, bounded=False, normalized=True),
    }
)
IDENTITY = "arcface"


def candidates(keys: Iterable[str]) -> list[str]:
    """The families that a state dict with these names may belong to; several where names cannot tell."""
    names = set(keys)
    if any(name.startswith("layer3.") for name in names):
        return [IDENTITY]
    if not any(name.startswith("BottleNeck.") for name in names):
        return []
    if any(name.startswith("down0.") for name in names):
        return ["simswap-512"]
    if any(name.startswith("down4.") for name in names):
        return ["trained-512"]
    return ["simswap-224", "trained-224"]
