"""An attempt in flight, as the leading scheduler follows it."""

import time
from dataclasses import dataclass, field
from uuid import UUID

from contracts.messages import SegmentProgress
from scheduler.fairqueue import Key


@dataclass(frozen=True, slots=True)
class Doubt:
    """Another agent began an attempt that this one had begun: it died, or was only cut off for a while.

    Attributes:
        life: Which run of the agent it was; empty where a former leader heard of it.
        since: When the other began, in seconds of the monotonic clock.
    """

    agent_id: str
    life: str
    since: float


@dataclass(slots=True)
class Flight:
    """An attempt in flight. Times are of the monotonic clock.

    Attributes:
        heard_at: When it was last known that somebody works on it, or that nobody can.
        moved_at: When it last went forward.
        frames, gpu_seconds: As last heard.
        steps: What went forward besides frames, as last heard.
        doubts: Agents that had begun it before the present one and may be dead.
    """

    attempt_id: UUID
    job_id: UUID
    index: int
    pool: str
    released_at: float = field(default_factory=time.monotonic)
    started_at: float | None = None
    heard_at: float = field(default_factory=time.monotonic)
    moved_at: float = field(default_factory=time.monotonic)
    agent_id: str | None = None
    life: str = ""
    frames: int = 0
    steps: int = 0
    gpu_seconds: float = 0.0
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """The segment, as the fair queue names it."""
        return self.job_id, self.index

    def begin(self, agent_id: str, life: str, now: float) -> None:
        """An agent began it. Where another had, that one is in doubt."""
        if self.started_at is not None and self.agent_id is not None and not self._is_of(agent_id, life):
            self.doubts.append(Doubt(self.agent_id, self.life, now))
        self.agent_id, self.life = agent_id, life
        self.started_at = self.heard_at = self.moved_at = now

    def _is_of(self, agent_id: str, life: str) -> bool:
        return self.agent_id == agent_id and self.life in ("", life)

    def hear(self, message: SegmentProgress, now: float) -> None:
        """Its agent said how far it is."""
        if (message.frames, message.steps) != (self.frames, self.steps):
            self.moved_at = now
        self.heard_at = now
        self.frames, self.steps, self.gpu_seconds = message.frames, message.steps, message.gpu_seconds

    def forgive(self, now: float) -> None:
        """Nothing could be heard of it for a while, and that was not its fault."""
        self.heard_at = self.moved_at = now
