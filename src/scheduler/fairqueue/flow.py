"""A user as a flow of start-time fair queueing."""

from collections.abc import Hashable

from scheduler.fairqueue.backlog import Backlog
from scheduler.fairqueue.work import Terms


class Flow:
    """One user: a start tag, what waits, what is in flight.

    Attributes:
        tag: Start tag of the next segment, in virtual seconds: GPU seconds divided by weight.
        floor: The tag may not be corrected below it. It is the virtual time of the last lift and what was
            charged since, so that over-estimates of segments released before a lift give no credit after it.
        era: Number of lifts so far; a segment released in an earlier era moves the tag, not the floor.
        fresh: Whether the tag was just lifted: of equal tags, a newcomer's is served first.
        capped: Whether the user has work that his cap keeps back.
        served: GPU seconds charged since the flow exists.
        place: Order of arrival in the heap, deciding between equal tags.
        version: Counts changes, so that old entries of a heap are known.
    """

    __slots__ = (
        "backlog", "capped", "era", "floor", "fresh", "in_flight", "place", "served", "standing", "tag",
        "terms", "user", "version",
    )  # fmt: skip

    def __init__(self, user: Hashable, terms: Terms, virtual_time: float) -> None:
        self.user = user
        self.terms = terms
        self.tag = self.floor = virtual_time
        self.era = 0
        self.fresh = True
        self.capped = False
        self.in_flight = 0
        self.served = 0.0
        self.version = 0
        self.place = 0
        self.standing: object = None
        self.backlog = Backlog()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is in flight."""
        return not self.in_flight and not self.backlog

    def lift(self, virtual_time: float) -> None:
        """Forget unused claims: the user was away, or kept back by his cap, while virtual time went on."""
        if self.tag < virtual_time:
            self.tag = virtual_time
            self.fresh = True
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

    def reweigh(self, terms: Terms, virtual_time: float) -> None:
        """Take new terms; what the user is ahead or behind in GPU seconds stays the same."""
        ratio = self.terms.weight / terms.weight
        self.tag = virtual_time + (self.tag - virtual_time) * ratio
        self.floor = virtual_time + (self.floor - virtual_time) * ratio
        self.terms = terms
