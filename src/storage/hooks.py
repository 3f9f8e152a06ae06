"""Webhook endpoints and deliveries as named queries."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Q

from contracts.errors import Reason, RequestError
from contracts.messages import DeliveryTask, now
from contracts.states import DeliveryState
from contracts.subjects import webhook_delivery
from storage import outbox
from storage.database import transaction
from storage.models import WebhookDelivery, WebhookEndpoint

_INSERT = """
INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, payload, state, tries, created_at)
VALUES ($1, $2, $3, $4, $5, 'pending', '[]', now())
ON CONFLICT (endpoint_id, event_id) DO NOTHING RETURNING id
"""


async def add_endpoint(user_id: UUID, url: str, secret: str, events: list[str]) -> WebhookEndpoint:
    """Remember where a customer wants to be told."""
    return await WebhookEndpoint.create(id=uuid4(), user_id=user_id, url=url, secret=secret, events=events)


async def endpoints_of(user_id: UUID) -> list[WebhookEndpoint]:
    """The user's endpoints, newest first."""
    return await WebhookEndpoint.filter(user_id=user_id).order_by("-created_at", "-id")


async def endpoint_of(user_id: UUID, endpoint_id: UUID) -> WebhookEndpoint:
    """An endpoint of the user.

    Raises:
        RequestError: NOT_FOUND.
    """
    endpoint = await WebhookEndpoint.get_or_none(id=endpoint_id, user_id=user_id)
    if endpoint is None:
        raise RequestError(Reason.NOT_FOUND, "There is no such webhook.", webhook_id=str(endpoint_id))
    return endpoint


async def change_endpoint(endpoint_id: UUID, **columns: Any) -> None:
    """Write columns of an endpoint."""
    await WebhookEndpoint.filter(id=endpoint_id).update(**columns)


async def remove_endpoint(endpoint_id: UUID) -> None:
    """Forget an endpoint and its log."""
    await WebhookEndpoint.filter(id=endpoint_id).delete()


async def listeners(user_id: UUID, event_type: str) -> list[WebhookEndpoint]:
    """The user's endpoints that want to hear of `event_type`."""
    rows = await WebhookEndpoint.filter(user_id=user_id, enabled=True)
    return [row for row in rows if not row.events or event_type in row.events]


async def add_delivery(endpoint_id: UUID, event_id: UUID, event_type: str, payload: str) -> UUID | None:
    """Write a delivery and the message that starts it; None where the endpoint has this event already."""
    delivery_id = uuid4()
    async with transaction() as connection:
        added = await connection.execute_query_dict(
            _INSERT, [delivery_id, endpoint_id, event_id, event_type, payload]
        )
        if not added:
            return None
        task = DeliveryTask(delivery_id=delivery_id)
        await outbox.add(connection, webhook_delivery(delivery_id), task)
    return delivery_id


async def delivery(delivery_id: UUID) -> WebhookDelivery | None:
    """A delivery with its endpoint; None where the endpoint was removed."""
    return await WebhookDelivery.get_or_none(id=delivery_id).select_related("endpoint")


async def delivery_of(user_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """A delivery to an endpoint of the user, with the endpoint.

    Raises:
        RequestError: NOT_FOUND.
    """
    query = WebhookDelivery.get_or_none(id=delivery_id, endpoint__user_id=user_id)
    row = await query.select_related("endpoint")
    if row is None:
        raise RequestError(Reason.NOT_FOUND, "There is no such delivery.", delivery_id=str(delivery_id))
    return row


async def deliveries_of(
    endpoint_id: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[WebhookDelivery]:
    """Deliveries to an endpoint, newest first; `before` is the last one of the page before."""
    query = WebhookDelivery.filter(endpoint_id=endpoint_id)
    if before is not None:
        moment, row_id = before
        query = query.filter(Q(created_at__lt=moment) | Q(created_at=moment, id__lt=row_id))
    return await query.order_by("-created_at", "-id").limit(limit)


async def record_try(row: WebhookDelivery, entry: dict[str, Any], state: DeliveryState) -> None:
    """Add a try to the log, with the state it led to."""
    row.tries = [*row.tries, entry]
    row.state = state
    row.finished_at = None if state is DeliveryState.PENDING else now()
    await row.save(update_fields=["tries", "state", "finished_at"])


async def restart_delivery(row: WebhookDelivery, entry: dict[str, Any]) -> bool:
    """Begin a new series of tries after the log `entry`; False where one is under way already."""
    async with transaction() as connection:
        ended = WebhookDelivery.filter(id=row.id, state__not=DeliveryState.PENDING).using_db(connection)
        tries = [*row.tries, entry]
        if not await ended.update(state=DeliveryState.PENDING, tries=tries, finished_at=None):
            return False
        await outbox.add(connection, webhook_delivery(row.id), DeliveryTask(delivery_id=row.id))
    return True
