"""A case: one mutated file, told by the run's seed and its number alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from tests.fuzz import blind, shape
from tests.fuzz.formats import format_of

_MOST_BYTES = 2_000_000
_REAL_SHARE = 0.05  # of cases begin with a real clip: they are large, hence slow


@dataclass(frozen=True)
class Case:
    """A mutated file.

    Attributes:
        name: Of what was mutated.
        span: Seconds of the segments it is planned into.
    """

    number: int
    name: str
    data: bytes
    span: float


class Cases:
    """All cases of a run."""

    def __init__(self, seed: int, made: Mapping[str, bytes], real: Mapping[str, bytes]) -> None:
        self._seed = seed
        self._made, self._real = made, real

    def case(self, number: int) -> Case:
        chance = Random(f"{self._seed}:{number}")
        pool = self._real if self._real and chance.random() < _REAL_SHARE else self._made
        name = chance.choice(sorted(pool))
        data = _mutated(pool[name], self._relative(name, chance), chance)
        return Case(number, name, data[:_MOST_BYTES], chance.choice((0.25, 5.0)))

    def _relative(self, name: str, chance: Random) -> bytes:
        """Another file, mostly of the same kind."""
        same = [other for other in sorted(self._made) if other.rpartition(".")[2] == name.rpartition(".")[2]]
        return self._made[chance.choice(same or sorted(self._made))]


def _mutated(data: bytes, other: bytes, chance: Random) -> bytes:
    form = format_of(data)
    way = chance.random()
    if form is not None and way < 0.75:
        tree = form.parse(data)
        others = form.parse(other) if format_of(other) is form else []
        for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
            shape.change(tree, others, form, chance)
        data = form.write(tree)
    elif way > 0.97:
        data = blind.splice(data, other, chance)
    if form is None or way > 0.65:
        data = _blindly(data, chance)
    return data


def _blindly(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if changed:
            chance.choice(blind.MUTATIONS)(changed, chance)
    return bytes(changed)
