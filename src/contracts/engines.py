"""Engines by the names that jobs give them.

`paste` and its like swap faces. `compact` does by a network that comes with Visage: `contracts.packaged`. `simswap`
does with the generator that is the default, `simswap:<name>` with the one imported under that name.
`timed:<seconds>` and `timed:<min>-<max>` only spend a declared time on each segment, for tests and load: the result is
the original. An agent's card lists the family, such as `timed`.
"""

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

TIMED = "timed"
PASTE = "paste"
COMPACT = "compact"
SIMSWAP = "simswap"
LONGEST_WEIGHTS_NAME = 24  # characters: with the family and a colon, a name of an engine
LONGEST_NAME = 32
MOST_SECONDS = 600.0
TIMED_FORMS = f"timed:<seconds> or timed:<min>-<max>, with at most {MOST_SECONDS:g} s"

_TIMED = re.compile(r"timed:(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


@dataclass(frozen=True, slots=True)
class TimedSpan:
    """What a timed engine spends on a segment: from `least` to `most` seconds of a slot."""

    least: float
    most: float

    def seconds(self, job_id: UUID, index: int) -> float:
        """The seconds of one segment, drawn from a hash: another attempt at it costs the same."""
        digest = hashlib.blake2b(job_id.bytes + index.to_bytes(8, "big"), digest_size=8).digest()
        part = int.from_bytes(digest, "big") / 2**64
        return self.least + part * (self.most - self.least)


def family(name: str) -> str:
    """What an agent's card lists for an engine: `timed` for `timed:0.5`, any other by its own name."""
    return name.partition(":")[0]


def needs_weights(name: str) -> bool:
    """Whether an engine runs with imported weights."""
    return family(name) == SIMSWAP


def generator_name(name: str) -> str | None:
    """The name under which a weighted engine's generator was imported; None means the default one."""
    return name.partition(":")[2] or None


def with_generator(name: str, generator: str) -> str:
    """A weighted engine that names its generator, such as "simswap:people"."""
    return f"{family(name)}:{generator}"


def timed_span(name: str) -> TimedSpan | None:
    """The seconds that a timed engine declares; None of any other engine.

    Raises:
        ValueError: It is a timed engine and declares none, or too many.
    """
    if family(name) != TIMED:
        return None
    found = _TIMED.fullmatch(name)
    if found is None:
        raise ValueError(f'"{name}" declares no time; {TIMED_FORMS} would pass')
    span = TimedSpan(float(found[1]), float(found[2] or found[1]))
    if not span.least <= span.most <= MOST_SECONDS:
        raise ValueError(f'"{name}" declares no such time; {TIMED_FORMS} would pass')
    return span
