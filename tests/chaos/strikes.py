"""Whom to kill and when: drawn from a seed before anything runs."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

# How often a part of a kind is killed, beside the others. `agent-2` is an `agent`.
WEIGHTS = {
    "agent": 36.0,
    "scheduler": 20.0,
    "merger": 12.0,
    "gateway": 8.0,
    "relay": 8.0,
    "webhooks": 6.0,
    "nats": 3.5,
    "postgres": 3.5,
    "s3": 3.0,
}
SERVERS = ("nats", "postgres", "s3")
_LAST = 0.95  # of the load: behind the last kill there is work left that must go on
_LATER_SECONDS = 0.4


@dataclass(frozen=True)
class Strike:
    """A kill to be made: of `part`, `later` seconds after that `share` of the load's segments is done."""

    share: float
    part: str
    later: float


def kind_of(part: str) -> str:
    """What a part is: `agent` for `agent-2`."""
    return part.split("-")[0]


def plan(parts: Sequence[str], kills: int, dice: random.Random) -> list[Strike]:
    """So many strikes, spread evenly over the load. Every part is among them if there are enough."""
    everyone = dice.sample(parts, len(parts))[:kills]
    weights = [WEIGHTS[kind_of(part)] / _siblings(part, parts) for part in parts]
    chosen = everyone + dice.choices(parts, weights, k=kills - len(everyone))
    dice.shuffle(chosen)
    return [
        Strike(_LAST * (number + dice.random()) / kills, part, dice.uniform(0, _LATER_SECONDS))
        for number, part in enumerate(chosen)
    ]


def _siblings(part: str, parts: Sequence[str]) -> int:
    return sum(kind_of(other) == kind_of(part) for other in parts)
