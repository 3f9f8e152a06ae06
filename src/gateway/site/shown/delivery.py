"""A webhook endpoint with its log, as the page shows them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.states import DeliveryState
from gateway.site.texts import t
from gateway.views.webhooks import DeliveryView
from storage.models import WebhookEndpoint

EVENTS = {"job.done": "done", "job.failed": "failed", "job.cancelled": "stopped"}
_WORDS = {
    DeliveryState.PENDING: ("trying", "running"),
    DeliveryState.DELIVERED: ("delivered", "good"),
    DeliveryState.FAILED: ("given up", "bad"),
}


@dataclass(frozen=True)
class DeliveryShown:
    """One line of the log. `answer` is what the receiver said at the last try."""

    id: UUID
    event_type: str
    created_at: datetime
    label: str
    tone: str
    answer: str
    can_replay: bool

    @classmethod
    def of(cls, view: DeliveryView) -> "DeliveryShown":
        """A delivery in words."""
        label, tone = _WORDS[view.state]
        ended = view.state is not DeliveryState.PENDING
        return cls(view.id, view.event_type, view.created_at, t(label), tone, _answer(view), ended)


def _answer(view: DeliveryView) -> str:
    if not view.tries:
        return t("not tried yet")
    last = view.tries[-1]
    answer = str(last.status) if last.status else (last.error or t("no answer")).rstrip(".")
    tries = t("{count} tries", count=len(view.tries)) if len(view.tries) > 1 else t("first try")
    return f"{answer} · {tries}"


@dataclass(frozen=True)
class EndpointShown:
    """An endpoint with the newest of its deliveries."""

    id: UUID
    url: str
    enabled: bool
    events_line: str
    deliveries: list[DeliveryShown]

    @classmethod
    def of(cls, endpoint: WebhookEndpoint, deliveries: list[DeliveryView]) -> "EndpointShown":
        """An endpoint in words."""
        names = [t(EVENTS[name]) for name in endpoint.events or EVENTS if name in EVENTS]
        line = t("jobs that are {states}", states=", ".join(names))
        shown = [DeliveryShown.of(view) for view in deliveries]
        return cls(endpoint.id, endpoint.url, endpoint.enabled, line, shown)
