"""Webhook endpoints, and deliveries to them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from contracts.states import DeliveryState
from gateway.views.base import View
from storage.models import WebhookDelivery, WebhookEndpoint


class EndpointView(View):
    """A webhook endpoint. `events` empty means all of them."""

    id: UUID
    url: str
    events: list[str]
    enabled: bool
    created_at: datetime

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> Self:
        """The view of an endpoint."""
        return cls.model_validate(endpoint)


class SecretEndpointView(EndpointView):
    """A webhook endpoint with the secret its deliveries are signed with."""

    secret: str


class TryView(View):
    """One try at a delivery.

    Attributes:
        status: HTTP status of the answer; null where there was none.
        milliseconds: Until the answer, or until it was given up.
        answer: The first bytes of the answer's body.
        error: Why there was no answer.
        series: 1 for the first series of tries, one more with each replay.
    """

    at: datetime
    series: int = 1
    status: int | None = None
    milliseconds: int = 0
    answer: str | None = None
    error: str | None = None


class DeliveryView(View):
    """One event for one endpoint, with its tries."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event_type: str
    state: DeliveryState
    tries: list[TryView]
    next_try_at: datetime | None = None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> Self:
        """The view of a delivery."""
        return cls.model_validate(delivery)
