"""Webhooks as their owner handles them: endpoints, log, replay, test."""

import base64
import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.errors import Reason, RequestError
from contracts.messages import now
from contracts.settings import WebhookSettings
from gateway.pages import DEFAULT_LIMIT, page
from gateway.principal import Principal
from gateway.requests import EndpointChange, EndpointRequest
from gateway.views.webhooks import DeliveryView, TryView
from gateway.webhooks.addresses import check_url
from gateway.webhooks.schedule import due, replay_marker, tries_of
from storage import audit, hooks
from storage.models import WebhookDelivery, WebhookEndpoint

TEST_EVENT = "webhook.test"
MOST_ENDPOINTS = 20
_SECRET_BYTES = 32


async def create_endpoint(
    settings: WebhookSettings, principal: Principal, request: EndpointRequest
) -> WebhookEndpoint:
    """Add an endpoint with a new secret.

    Raises:
        RequestError: UNSAFE_ADDRESS for an address that is not public, CONFLICT where there are too many.
    """
    await check_url(str(request.url), settings)
    if len(await hooks.endpoints_of(principal.user_id)) >= MOST_ENDPOINTS:
        raise RequestError(
            Reason.CONFLICT, f"An account has at most {MOST_ENDPOINTS} webhooks.", limit=MOST_ENDPOINTS
        )
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    endpoint = await hooks.add_endpoint(principal.user_id, str(request.url), secret, list(request.events))
    await audit.record("webhook.create", str(endpoint.id), principal.user_id)
    return endpoint


async def list_endpoints(principal: Principal) -> list[WebhookEndpoint]:
    """The user's endpoints, newest first."""
    return await hooks.endpoints_of(principal.user_id)


async def get_endpoint(principal: Principal, endpoint_id: UUID) -> WebhookEndpoint:
    """An endpoint of the user.

    Raises:
        RequestError: NOT_FOUND.
    """
    return await hooks.endpoint_of(principal.user_id, endpoint_id)


async def change_endpoint(
    settings: WebhookSettings, principal: Principal, endpoint_id: UUID, change: EndpointChange
) -> WebhookEndpoint:
    """Change what `change` names.

    Raises:
        RequestError: NOT_FOUND, UNSAFE_ADDRESS.
    """
    await get_endpoint(principal, endpoint_id)
    if change.url is not None:
        await check_url(str(change.url), settings)
    if columns := change.model_dump(mode="json", exclude_none=True):
        await hooks.change_endpoint(endpoint_id, **columns)
    return await get_endpoint(principal, endpoint_id)


async def remove_endpoint(principal: Principal, endpoint_id: UUID) -> None:
    """Forget an endpoint; what waits for it is not sent.

    Raises:
        RequestError: NOT_FOUND.
    """
    await get_endpoint(principal, endpoint_id)
    await hooks.remove_endpoint(endpoint_id)
    await audit.record("webhook.delete", str(endpoint_id), principal.user_id)


async def list_deliveries(
    principal: Principal, endpoint_id: UUID, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> tuple[list[WebhookDelivery], str | None]:
    """Deliveries to an endpoint, newest first, and the cursor of the next page.

    Raises:
        RequestError: NOT_FOUND.
    """
    await get_endpoint(principal, endpoint_id)
    return await page(lambda before, count: hooks.deliveries_of(endpoint_id, before, count), cursor, limit)


def delivery_view(settings: WebhookSettings, delivery: WebhookDelivery) -> DeliveryView:
    """A delivery as its owner sees it, with the time of its next try."""
    wait = due(delivery, settings.schedule_seconds, now())
    tries = [TryView.model_validate(entry) for entry in tries_of(delivery)]
    view = DeliveryView.of(delivery).model_copy(update={"tries": tries})
    if wait is None:
        return view
    return view.model_copy(update={"next_try_at": now() + timedelta(seconds=wait)})


async def replay_delivery(principal: Principal, delivery_id: UUID) -> WebhookDelivery:
    """Send an event once more under its own id, in a new series of tries.

    Raises:
        RequestError: NOT_FOUND; CONFLICT while it is still being tried, or where the endpoint is disabled.
    """
    delivery = await hooks.delivery_of(principal.user_id, delivery_id)
    if not delivery.endpoint.enabled:
        raise RequestError(Reason.CONFLICT, "The webhook is switched off. Switch it on first.")
    if not await hooks.restart_delivery(delivery, replay_marker(now())):
        raise RequestError(Reason.CONFLICT, "The delivery is still being tried.")
    await audit.record("webhook.replay", str(delivery_id), principal.user_id)
    return await hooks.delivery_of(principal.user_id, delivery_id)


async def send_test(principal: Principal, endpoint_id: UUID) -> WebhookDelivery:
    """Send an event of type "webhook.test" to an endpoint.

    Raises:
        RequestError: NOT_FOUND.
    """
    endpoint = await get_endpoint(principal, endpoint_id)
    event_id = uuid4()
    text = event_body(TEST_EVENT, {"webhook_id": str(endpoint.id), "message": "This is a test."}, now())
    delivery_id = await hooks.add_delivery(endpoint.id, event_id, TEST_EVENT, text)
    assert delivery_id is not None, "a fresh event id was known already"
    return await hooks.delivery_of(principal.user_id, delivery_id)


def event_body(event_type: str, data: dict[str, Any], moment: datetime) -> str:
    """The body of an event as Standard Webhooks lays it out, in the exact bytes that will be signed."""
    body = {"type": event_type, "timestamp": moment.isoformat(), "data": data}
    return json.dumps(body, separators=(",", ":"))
