"""The scenarios: who submits what when, and how many slots there are. All are seeded."""

from collections.abc import Callable
from math import exp, log
from random import Random

from benchmarks.simulation.machine import Arrival, Change, Load
from scheduler.fairqueue import Terms, Work

TIERS = {"free": 1.0, "pro": 2.0, "business": 4.0}
"""Weight of each tier. Free users come first: a rule that goes by arrival then serves them first."""

UNKNOWN = 3.0
"""Costs are anywhere between an estimate divided by this and an estimate times this."""

Cost = Callable[[Random], float]


def equal(_: Random) -> float:
    """Every segment costs its estimate of one second."""
    return 1.0


def unknown(random: Random) -> float:
    """Log-uniform within a factor of `UNKNOWN` of the estimate of one second, either way."""
    return exp(random.uniform(-log(UNKNOWN), log(UNKNOWN)))


def uneven(random: Random) -> float:
    """Within a tenth below one second, so that slots do not end all at once; one second is the largest."""
    return random.uniform(0.9, 1.0)


def weights_of(users: dict[str, int]) -> dict[str, float]:
    """Weight by user, `users` giving the number of users in each tier."""
    return {f"{tier}-{n}": TIERS[tier] for tier in TIERS for n in range(users.get(tier, 0))}


def job(
    user: str, weight: float, segments: int, cost: Cost, random: Random, time: float = 0.0
) -> list[Arrival]:
    """One job of a user, all its segments submitted at once; the queue is told an estimate of 1 s each."""
    terms, name = Terms(weight), f"{user}@{time}"
    return [Arrival(time, Work(user, name, n, 1.0, time), terms, cost(random)) for n in range(segments)]


def backlogged(weights: dict[str, float], slots: int, segments: int, cost: Cost, seed: int) -> Load:
    """Everyone submits a job at the start that is longer than the run."""
    random = Random(seed)
    arrivals = [one for user, weight in weights.items() for one in job(user, weight, segments, cost, random)]
    return Load(arrivals, [Change(0.0, slots)])


def flood(tier: str, segments: int, slots: int, visits: int, seed: int) -> Load:
    """One user of `tier` floods; meanwhile users of every tier come for one segment, one at a time.

    Half of the visits are by users who were never seen, half by one regular of each tier, back from idle.
    """
    random = Random(seed)
    arrivals = job("flood", TIERS[tier], segments, uneven, random)
    gap = 0.8 * segments / slots / visits
    for n in range(visits):
        visitor = list(TIERS)[n % len(TIERS)]
        name = f"{visitor}-{n}" if n % 2 else f"{visitor}-regular"
        time = gap * (n + 0.5 + 0.4 * random.random())
        arrivals += job(name, TIERS[visitor], 1, uneven, random, time)
    return Load(arrivals, [Change(0.0, slots)])


def crowd(slots: int, visits: int, seed: int) -> tuple[Load, str, float]:
    """Business newcomers come for one segment each, twice as fast as they can be served, and one free newcomer.

    A pro user has work waiting all the time. The free newcomer's job and its time of arrival are given too.
    """
    random, gap = Random(seed), 0.5 / slots
    arrivals = job("pro", TIERS["pro"], 2 * visits, uneven, random)
    for n in range(visits):
        arrivals += job(
            f"business-{n}", TIERS["business"], 1, uneven, random, 2.0 + gap * (n + random.random())
        )
    since = 2.0 + 3.5 * gap
    arrivals += job("free", TIERS["free"], 1, uneven, random, since)
    return Load(arrivals, [Change(0.0, slots)]), f"free@{since}", since


def mixed(slots: int, jobs: int, seed: int) -> Load:
    """Users of every tier who go idle and return with jobs of 1 to 60 segments, and agents that come and die."""
    random = Random(seed)
    weights = weights_of({"free": 3, "pro": 2, "business": 1})
    arrivals = []
    for _ in range(jobs):
        user = random.choice(list(weights))
        time = random.uniform(0.0, 12.0 * jobs / slots)
        arrivals += job(user, weights[user], random.randint(1, 60), unknown, random, time)
    deaths = [random.uniform(0.0, 12.0 * jobs / slots) for _ in range(jobs // 4)]
    changes = [Change(0.0, slots)]
    for time in deaths:
        changes += [Change(time, -1), Change(time + random.uniform(1.0, 10.0), 1)]
    return Load(arrivals, changes)
