"""Everything that is measured, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from benchmarks.official.stages import Official
from benchmarks.official.video import swap_video
from benchmarks.speed import agent, machine, network
from benchmarks.speed.films import CLOSE, MEDIUM, SIZES, Film, film
from benchmarks.speed.layers import proven
from benchmarks.speed.laying import laying
from benchmarks.speed.rows import batch_rows, film_rows, generator_rows
from benchmarks.speed.spent import Cost
from benchmarks.speed.through import Through
from gpu_agent.networks.loading import load_generator


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured.

    Attributes:
        frames: Of each film that goes through the agent.
        official: Frames of it that go the published way; each costs the same there.
        swapped: Films that go through the agent with the network, too.
        laid: Frames, and the share of their height that a face has, in which one face is put back.
    """

    frames: Mapping[str, int]
    official: int
    swapped: frozenset[str]
    laid: Sequence[tuple[str, float]] = (
        ("720p", MEDIUM),
        ("1080p", MEDIUM),
        ("1080p", CLOSE),
        ("4K", MEDIUM),
    )

    @classmethod
    def of(cls, full: bool) -> "Scale":
        """The usual scale, or the long form's."""
        if full:
            return cls(dict.fromkeys(SIZES, 150), 10, frozenset(SIZES))
        return cls({"720p": 24, "1080p": 16, "4K": 10}, 2, frozenset(["1080p"]))


def run(
    folder: Path,
    scale: Scale,
    device: str | None = None,
    threads: int = 0,
    metadata: network.Metadata = network.PUBLISHED,
) -> dict[str, Any]:
    """Measure it all; files are written to `folder`. `metadata` says which network; see `families.generator_shape`."""
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    said = machine.described(device)
    bench = _Bench(folder, scale, device, threads, metadata)
    return {
        "machine": said,
        "generator": bench.generator(),
        "compact": batch_rows(network.compact(_BATCHES[bench.kind], device)),
        "put_back": [laying(size, share, bench.through) for size, share in scale.laid],
        "films": {size: bench.film(size) for size in scale.frames},
    }


_BATCHES = {"cpu": (1, 4, 8), "cuda": (1, 2, 4, 8, 16, 32, 64)}
_LAYERS_BATCH = {"cpu": 2, "cuda": 32}


class _Bench:
    def __init__(
        self, folder: Path, scale: Scale, device: str, threads: int, metadata: network.Metadata
    ) -> None:
        self._folder, self._scale, self._device, self._threads = folder, scale, device, threads
        self.kind = device.partition(":")[0]
        self._files = network.weights(folder, metadata)
        self._engine = network.engine(self._files, device)
        self._identity = network.identity(self._engine)

    @cached_property
    def through(self) -> Through:
        return Through(self._engine.size, self._engine.templates, self._engine.device)

    def generator(self) -> dict[str, Any]:
        numbers, count = network.numbers_of(self._device), _LAYERS_BATCH[self.kind]
        before = machine.roof(self._device, numbers)
        found = network.watched(self._files, count, self._device)
        seconds = network.batches(self._engine, self._identity, _BATCHES[self.kind], self._device)
        # What else the machine did meanwhile could only lower it.
        roof = proven(found, before.raised(machine.roof(self._device, numbers)))
        return generator_rows(numbers, roof, found, count, seconds)

    def film(self, size: str) -> dict[str, Any]:
        made = film(self._folder, size, self._scale.frames[size])
        nothing = self.through.prepare([])
        stages = agent.stages(made, self.through, nothing, self._folder, self._threads)
        without = agent.whole(made, self.through, nothing, self._folder, self._threads)
        whole = self._whole(made) if size in self._scale.swapped else None
        return film_rows(stages, without, whole, self._official(made))

    def _whole(self, made: Film) -> Cost:
        return agent.whole(made, self._engine, self._identity, self._folder, self._threads)

    def _official(self, made: Film) -> dict[str, Cost]:
        return swap_video(made, self._scripts, self._folder, self._scale.official, self._device)

    @cached_property
    def _scripts(self) -> Official:
        plain = load_generator(self._files["generator"]).to(self._device)
        latent = torch.nn.functional.normalize(torch.randn(1, plain.shape.latent, device=self._device))
        return Official(plain, latent, self._engine.templates, self._device)
