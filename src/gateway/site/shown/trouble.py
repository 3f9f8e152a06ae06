"""What went wrong in a job, in the words of the page."""

from dataclasses import dataclass

from contracts.states import AttemptState, SegmentState
from gateway.admin.views import AttemptView, TroubleView
from gateway.site.formats import ago, duration
from gateway.site.texts import t

_TONES = {
    AttemptState.DONE: "good",
    AttemptState.FAILED: "bad",
    AttemptState.LOST: "warn",
    AttemptState.RUNNING: "running",
}


@dataclass(frozen=True)
class AttemptLine:
    """One try at a segment."""

    label: str
    tone: str
    agent: str
    when: str
    took: str
    cost: str
    why: str

    @classmethod
    def of(cls, view: AttemptView) -> "AttemptLine":
        """A try in words."""
        began, ended = view.started_at or view.released_at, view.ended_at
        cost = t(
            "{spent}, charged {charged}",
            spent=duration(view.gpu_seconds),
            charged=duration(view.charged_seconds),
        )
        return cls(
            label=t(str(view.state)),
            tone=_TONES.get(view.state, "idle"),
            agent=view.agent_id or t("none took it"),
            when=ago(view.released_at),
            took=duration((ended - began).total_seconds()) if ended else t("not ended"),
            cost=cost,
            why=view.failure.message if view.failure else "",
        )


@dataclass(frozen=True)
class TroubleLine:
    """A segment with its tries. `title` counts from 1, as a person does."""

    title: str
    label: str
    tone: str
    reason: str
    message: str
    attempts: list[AttemptLine]

    @classmethod
    def of(cls, view: TroubleView) -> "TroubleLine":
        """A segment in words."""
        failed = view.state is SegmentState.FAILED
        return cls(
            title=t("Part {number}, {time}", number=view.index + 1, time=duration(view.seconds)),
            label=t(str(view.state)),
            tone="bad" if failed else "good" if view.state is SegmentState.DONE else "idle",
            reason=str(view.failure.reason) if view.failure else "",
            message=view.failure.message if view.failure else "",
            attempts=[AttemptLine.of(attempt) for attempt in view.attempts],
        )
