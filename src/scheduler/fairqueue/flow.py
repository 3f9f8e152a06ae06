"""A user as a flow of start-time fair queueing."""

from collections.abc import Hashable
from math import inf

from scheduler.fairqueue.backlog import Backlog
from scheduler.fairqueue.work import Terms

Rank = tuple[int, float, float, float]
"""Who is served first, the smallest: see `rank_of`."""

_GRAINS = 2.0**20  # a virtual second; tags closer than a grain are equal: rounding errors decide nothing


def rank_of(tag: float, came: float, step: float, place: float) -> Rank:
    """Rank of a user with start tag `tag`, who came at `came` and whose next segment moves the tag by `step`.

    The order among equal tags is free in start-time fair queueing. Who was not served since he came is first,
    in order of coming. Who came between the same two releases, and everyone else, goes by the smaller finish
    tag, as in WF2Q (Bennett and Zhang, INFOCOM 1996): at equal costs the heavier first. So the first round has
    the order of all later ones. `place` decides what is equal still.
    """
    return round(tag * _GRAINS), came, step, place


class Flow:
    """One user: a start tag, what waits, what is in flight.

    Attributes:
        tag: Start tag of the next segment, in virtual seconds: GPU seconds divided by weight.
        floor: The tag may not be corrected below it. It is the virtual time of the last lift and what was
            charged since, so that over-estimates of segments released before a lift give no credit after it.
        era: Number of lifts so far; a segment released in an earlier era moves the tag, not the floor.
        came: Releases of the queue before the user came, new or back from idle or from the cap; infinite once
            he was served since.
        place: Larger for those who came later.
        capped: Whether the user has work that his cap keeps back.
        served: GPU seconds charged since the flow exists.
        version: Counts changes, so that old entries of a heap are known.
    """

    __slots__ = (
        "backlog", "came", "capped", "era", "floor", "in_flight", "place", "served", "standing", "tag", "terms", "user",
        "version",
    )  # fmt: skip

    def __init__(self, user: Hashable, terms: Terms, tag: float, came: float, place: int) -> None:
        self.user = user
        self.terms = terms
        self.tag = self.floor = tag
        self.came = came
        self.place = place
        self.era = 0
        self.capped = False
        self.in_flight = 0
        self.served = 0.0
        self.version = 0
        self.standing: object = None
        self.backlog = Backlog()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is in flight."""
        return not self.in_flight and not self.backlog

    def rank(self) -> Rank:
        """Place among the flows with something waiting."""
        return rank_of(self.tag, self.came, self.backlog.peek().estimate / self.terms.weight, self.place)

    def lift(self, virtual_time: float, moment: int, place: int) -> None:
        """Forget unused claims: the user was away, or kept back by his cap, while virtual time went on."""
        if self.tag <= virtual_time:
            self.tag = virtual_time
            self.came, self.place = moment, place
        self.floor = virtual_time
        self.era += 1

    def charge(self, seconds: float, era: int) -> None:
        """Add GPU seconds, negative for a correction, for a segment that was released in `era`."""
        step = seconds / self.terms.weight
        self.served += seconds
        self.tag += step
        if era == self.era:
            self.floor += step
        self.tag = max(self.tag, self.floor)

    def launch(self) -> None:
        """A segment of the user was handed out."""
        self.came = inf
        self.in_flight += 1

    def reweigh(self, terms: Terms, virtual_time: float) -> None:
        """Take new terms; what the user is ahead or behind in GPU seconds stays the same."""
        ratio = self.terms.weight / terms.weight
        self.tag = virtual_time + (self.tag - virtual_time) * ratio
        self.floor = virtual_time + (self.floor - virtual_time) * ratio
        self.terms = terms
