"""Runs an engine over pairs of crops, as the agent runs it over faces of a video."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu_agent.batches import swap
from gpu_agent.engines.base import Crops, Engine, Identity, Masks, Photo
from training.evaluation.album import Stack
from training.evaluation.pairs import Pair
from training.evaluation.squares import Placing, laid


@dataclass(frozen=True)
class Swaps:
    """What came of pairs.

    Attributes:
        shown: (n, 160, 160, 3) BGR: the target's crop with the swapped face, as much of it as the mask shows.
        bare: The same with nothing hidden by the mask, wherever the engine's square reaches.
        masks: (n, 160, 160), in the crop's pixels.
        edges: (n,): mean of the mask along the edge of the engine's square.
    """

    shown: Crops
    bare: Crops
    masks: Masks
    edges: npt.NDArray[np.float64]


class Runner:
    """Swaps with one engine, and takes the time. Each photo is made ready as a source once."""

    def __init__(self, engine: Engine, crops: Crops, points: Stack) -> None:
        """`points` are the five of each crop, (n, 5, 2), in its pixels."""
        self._engine, self._crops, self._points = engine, crops, points
        self._placing = Placing(engine.templates, engine.size)
        self._identities: dict[int, Identity] = {}
        self._prepared = 0.0
        self._times: list[tuple[int, float]] = []

    def swaps(self, pairs: Sequence[Pair]) -> Swaps:
        """All pairs, in batches as large as the engine likes them."""
        batches = [
            pairs[start : start + self._engine.batch] for start in range(0, len(pairs), self._engine.batch)
        ]
        done = [one for batch in batches for one in self._batch(batch)]
        shown, bare, masks, edges = zip(*done, strict=True)
        return Swaps(np.stack(shown), np.stack(bare), np.stack(masks), np.array(edges))

    @property
    def prepared_per_second(self) -> float:
        """Photos made ready as sources."""
        return len(self._identities) / max(self._prepared, 1e-9)

    @property
    def swapped_per_second(self) -> float:
        """Squares swapped; the first batch, which makes the engine ready, does not count where there are more."""
        times = self._times[1:] or self._times
        return sum(count for count, _ in times) / max(sum(seconds for _, seconds in times), 1e-9)

    def _batch(self, pairs: Sequence[Pair]) -> list[tuple[Crops, Crops, Masks, float]]:
        identities = [self._identity(pair.source) for pair in pairs]
        targets = [(self._crops[pair.target], self._points[pair.target]) for pair in pairs]
        squares = np.stack([self._placing.square(crop, points) for crop, points in targets])
        start = time.perf_counter()
        result = swap(self._engine, squares, identities)
        self._times.append((len(pairs), time.perf_counter() - start))
        swapped = zip(targets, result.crops, result.masks, strict=True)
        return [self._laid(crop, points, face, mask) for (crop, points), face, mask in swapped]

    def _laid(
        self, crop: Crops, points: Stack, face: Crops, mask: Masks
    ) -> tuple[Crops, Crops, Masks, float]:
        square, shown = self._placing.back(face, mask, points)
        reach = self._placing.back(face, np.ones_like(mask), points)[1]
        edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean()
        return laid(crop, square, shown), laid(crop, square, reach), shown, float(edge)

    def _identity(self, source: int) -> Identity:
        if source not in self._identities:
            start = time.perf_counter()
            photo = Photo(self._crops[source], self._points[source])
            self._identities[source] = self._engine.prepare([photo])
            self._prepared += time.perf_counter() - start
        return self._identities[source]
