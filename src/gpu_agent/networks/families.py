"""The families of published checkpoints, and which one a state dict belongs to."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gpu_agent.networks.generator import Shape

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
