"""Recognizers that gradients flow through: they judge, while a network is trained, whom its results look like."""

from collections.abc import Iterable
from typing import Literal

import torch
from torch import nn

from training.recognizers.mobilefacenet import MobileFaceNet
from training.recognizers.sface import SFace

Name = Literal["sface", "mobilefacenet"]

SIDE = 112

_KNOWN: dict[Name, type[nn.Module]] = {"sface": SFace, "mobilefacenet": MobileFaceNet}


def create(names: Iterable[Name], device: str) -> dict[str, nn.Module]:
    """Recognizers with frozen weights: from faces (n, 3, 112, 112) to unit vectors (n, d)."""
    return {name: _KNOWN[name]().to(device, memory_format=torch.channels_last) for name in names}  # type: ignore[call-overload]
