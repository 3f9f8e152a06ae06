"""Running a generator on a device: squares of pixels in, squares of pixels out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gpu_agent.networks.folded import folded
from gpu_agent.networks.generator import Generator
from gpu_agent.networks.quick import quicken

# Shape (n, size, size, 3), BGR.
Crops = npt.NDArray[np.uint8]

_FACE_BYTES = 2**25  # of one face's widest features that a processor's cache and memory bear well
_MOST, _BATCH_PIXELS = 16, 4 * 224**2  # in a batch: three seconds on one core
# What libraries say, in errors of no type of their own, where they get no memory.
_WANT = ("alloc", "not enough memory", "out of memory", "could not create a")


class Runner(Protocol):
    """A generator on its device."""

    @property
    def batch(self) -> int:
        """As `gpu_agent.engines.base.Engine` has it."""

    def styles(self, latents: Tensor) -> Tensor:
        """`Generator.styles`, on the device, in 32 bits."""

    def run(self, crops: Crops, styles: Sequence[Tensor]) -> Crops:
        """The squares with the identities of `styles`, each (blocks, 2, 2 * channels). Raises `MemoryError`."""


class OnProcessor:
    """In 32 bits, with fewer multiplications; the wide ends of the network a face or two at a time."""

    def __init__(self, generator: Generator) -> None:
        """Of a generator, which is left as it is."""
        self._network = folded(generator)
        quicken(self._network)
        shape = generator.shape
        self._few = max(1, _FACE_BYTES // (4 * max(shape.widths[:2]) * shape.size**2))
        self.batch = min(_MOST, max(1, _BATCH_PIXELS // shape.size**2))

    def styles(self, latents: Tensor) -> Tensor:
        """As `Runner`."""
        return self._network.styles(latents)

    @torch.inference_mode()
    def run(self, crops: Crops, styles: Sequence[Tensor]) -> Crops:
        """As `Runner`."""
        with told_as_memory():
            parts = torch.split(torch.from_numpy(crops), self._few)
            features = torch.cat([self._network.shrink(pixels(part, torch.float32)) for part in parts])
            features = self._network.inject(features, torch.stack([*styles]))
            made = [pictures(self._network.grow(part)) for part in torch.split(features, self._few)]
            return torch.cat(made).numpy()


def pixels(crops: Tensor, kind: torch.dtype) -> Tensor:
    """BGR bytes (n, h, w, 3) as RGB, 0 to 1, (n, 3, h, w)."""
    return crops.flip(3).permute(0, 3, 1, 2).to(kind) / 255


def pictures(made: Tensor) -> Tensor:
    """The way back, rounded."""
    return (made * 255).round().to(torch.uint8).permute(0, 2, 3, 1).flip(3)


@contextmanager
def told_as_memory() -> Iterator[None]:
    """Raises `MemoryError` for what says that memory ran out, in whichever words."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise MemoryError(str(error)) from error
    except RuntimeError as error:
        if any(word in str(error).lower() for word in _WANT):
            raise MemoryError(str(error)) from error
        raise


def runner_for(generator: Generator, device: str) -> Runner:
    """The runner for a device: "cpu", or "cuda:0" and its like."""
    if device == "cpu":
        return OnProcessor(generator)
    from gpu_agent.networks.card import OnCard

    return OnCard(generator, device)
