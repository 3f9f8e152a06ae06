"""Who is due what share of the slots, and who got it."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from scheduler.fairqueue.flow import Flow
from scheduler.fairqueue.queue import FairQueue
from scheduler.fairqueue.work import Terms


@dataclass(frozen=True, slots=True)
class Share:
    """One user's part at this moment.

    Attributes:
        due: Fraction of the slots the user is entitled to now, by weight and cap, among those who have work.
        got: Fraction of the GPU seconds charged to these users since each of them came that went to this one.
        served: GPU seconds charged to the user since he came.
    """

    user: Hashable
    terms: Terms
    waiting: int
    in_flight: int
    served: float
    due: float
    got: float


class Division:
    """What is due to each of these users, of whom those without work do not count.

    Made of flows that were copied from a queue, in another thread where they are many. It makes no object for
    each user: with 100,000 of them the garbage collector would stop every thread.
    """

    def __init__(self, known: Sequence[Flow], slots: int) -> None:
        self.flows = [flow for flow in known if not flow.idle]
        self._due = _due(self.flows, slots)
        self._served = sum(flow.served for flow in self.flows) or 1.0

    def share(self, flow: Flow) -> Share:
        """The part of one of `flows`."""
        return Share(
            flow.user,
            flow.terms,
            len(flow.backlog),
            flow.in_flight,
            flow.served,
            self._due[flow.user],
            flow.served / self._served,
        )


def shares(queue: FairQueue, slots: int) -> list[Share]:
    """Every user with work, largest share due first. What a cap keeps from one user is due to the others."""
    division = Division(list(queue.flows()), slots)
    return sorted(map(division.share, division.flows), key=lambda share: -share.due)


def _due(flows: list[Flow], slots: int) -> dict[Hashable, float]:
    """Fill the slots by weight, from the user whom his cap limits most."""
    most = {
        flow.user: min(flow.terms.cap, flow.in_flight + len(flow.backlog)) / max(slots, 1) for flow in flows
    }
    due: dict[Hashable, float] = {}
    rest, weight = 1.0, sum(flow.terms.weight for flow in flows)
    for flow in sorted(flows, key=lambda flow: most[flow.user] / flow.terms.weight):
        due[flow.user] = min(most[flow.user], rest * flow.terms.weight / weight)
        rest -= due[flow.user]
        weight -= flow.terms.weight
        weight = max(weight, 1e-12)
    return due
