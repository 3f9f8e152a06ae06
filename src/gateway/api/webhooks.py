"""Webhooks: where customers' systems are told, and every telling."""

from aiohttp import web
from pydantic import RootModel

from contracts.errors import Reason
from contracts.settings import WebhookSettings
from gateway.api.idempotent import idempotent
from gateway.api.operation import Operation
from gateway.bodies import answer, path_id, read_json, read_query
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.requests import EndpointChange, EndpointRequest, PageQuery
from gateway.services import webhooks
from gateway.views.base import Page
from gateway.views.webhooks import DeliveryView, EndpointView, SecretEndpointView


class EndpointList(RootModel[list[EndpointView]]):
    """Webhook endpoints, newest first."""


def _settings(request: web.Request) -> WebhookSettings:
    return gateway_of(request).settings.webhooks


async def _list(request: web.Request) -> web.Response:
    found = await webhooks.list_endpoints(principal_of(request))
    return answer(EndpointList([EndpointView.of(endpoint) for endpoint in found]))


@idempotent
async def _create(request: web.Request) -> web.Response:
    wanted = await read_json(request, EndpointRequest)
    endpoint = await webhooks.create_endpoint(_settings(request), principal_of(request), wanted)
    return answer(SecretEndpointView.of(endpoint), status=201, Location=f"/api/v1/webhooks/{endpoint.id}")


async def _get(request: web.Request) -> web.Response:
    endpoint = await webhooks.get_endpoint(principal_of(request), path_id(request, "webhook_id"))
    return answer(SecretEndpointView.of(endpoint))


async def _change(request: web.Request) -> web.Response:
    principal, endpoint_id = principal_of(request), path_id(request, "webhook_id")
    change = await read_json(request, EndpointChange)
    return answer(
        EndpointView.of(await webhooks.change_endpoint(_settings(request), principal, endpoint_id, change))
    )


async def _remove(request: web.Request) -> web.Response:
    await webhooks.remove_endpoint(principal_of(request), path_id(request, "webhook_id"))
    return web.Response(status=204)


async def _test(request: web.Request) -> web.Response:
    delivery = await webhooks.send_test(principal_of(request), path_id(request, "webhook_id"))
    return answer(webhooks.delivery_view(_settings(request), delivery), status=202)


async def _deliveries(request: web.Request) -> web.Response:
    query = read_query(request, PageQuery)
    found, cursor = await webhooks.list_deliveries(
        principal_of(request), path_id(request, "webhook_id"), query.cursor, query.limit
    )
    items = [webhooks.delivery_view(_settings(request), delivery) for delivery in found]
    return answer(Page[DeliveryView](items=items, next_cursor=cursor))


async def _replay(request: web.Request) -> web.Response:
    delivery = await webhooks.replay_delivery(principal_of(request), path_id(request, "delivery_id"))
    return answer(webhooks.delivery_view(_settings(request), delivery), status=202)


_MISSING = (Reason.NOT_FOUND,)

OPERATIONS = (
    Operation("GET", "/webhooks", _list, "Webhook endpoints", answer=EndpointList),
    Operation(
        "POST", "/webhooks", _create, "Add a webhook endpoint", body=EndpointRequest,
        answer=SecretEndpointView, status=201, idempotent=True,
        problems=(Reason.UNSAFE_ADDRESS, Reason.CONFLICT),
    ),
    Operation(
        "GET", "/webhooks/{webhook_id}", _get, "One endpoint with its secret", answer=SecretEndpointView,
        problems=_MISSING,
    ),
    Operation(
        "PATCH", "/webhooks/{webhook_id}", _change, "Change an endpoint", body=EndpointChange,
        answer=EndpointView, problems=(Reason.NOT_FOUND, Reason.UNSAFE_ADDRESS),
    ),
    Operation(
        "DELETE", "/webhooks/{webhook_id}", _remove, "Remove an endpoint and its log", status=204,
        problems=_MISSING,
    ),
    Operation(
        "POST", "/webhooks/{webhook_id}/test", _test, "Send an event of type webhook.test",
        answer=DeliveryView, status=202, problems=_MISSING,
    ),
    Operation(
        "GET", "/webhooks/{webhook_id}/deliveries", _deliveries, "Deliveries with their tries, newest first",
        query=PageQuery, answer=Page[DeliveryView], problems=_MISSING,
    ),
    Operation(
        "POST", "/deliveries/{delivery_id}/replay", _replay, "Send an event again under its own id",
        answer=DeliveryView, status=202, problems=(Reason.NOT_FOUND, Reason.CONFLICT),
    ),
)  # fmt: skip
