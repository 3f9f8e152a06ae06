"""Webhook endpoints with their log."""

from dataclasses import dataclass, field

from aiohttp import web

from contracts.errors import VisageError
from gateway.bodies import path_id, validate
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.problems import status_of
from gateway.requests import EndpointRequest
from gateway.services import webhooks
from gateway.site.forms import text_fields
from gateway.site.render import render
from gateway.site.shown.delivery import EVENTS, EndpointShown
from storage.models import WebhookEndpoint

LOG_LINES = 10


@dataclass(frozen=True)
class EndpointForm:
    """What was typed, to be shown again with what is wrong with it."""

    url: str = ""
    events: list[str] = field(default_factory=lambda: list(EVENTS))


async def show(request: web.Request) -> web.Response:
    """GET /webhooks."""
    return await _page(request)


async def create(request: web.Request) -> web.Response:
    """POST /webhooks: the answer shows the signing secret, which this page does only now."""
    fields = await text_fields(request)
    form = EndpointForm(fields.get("url", "").strip(), fields.getall("events", []))
    settings = gateway_of(request).settings.webhooks
    try:
        wanted = validate(EndpointRequest, {"url": form.url, "events": form.events})
        endpoint = await webhooks.create_endpoint(settings, principal_of(request), wanted)
    except VisageError as error:
        return await _page(request, form, error=error)
    return await _page(request, made=endpoint)


async def delete(request: web.Request) -> web.Response:
    """POST /webhooks/{id}/delete."""
    await webhooks.remove_endpoint(principal_of(request), path_id(request, "id"))
    raise web.HTTPSeeOther("/webhooks")


async def test(request: web.Request) -> web.Response:
    """POST /webhooks/{id}/test."""
    await webhooks.send_test(principal_of(request), path_id(request, "id"))
    raise web.HTTPSeeOther("/webhooks")


async def replay(request: web.Request) -> web.Response:
    """POST /webhooks/deliveries/{id}/replay."""
    try:
        await webhooks.replay_delivery(principal_of(request), path_id(request, "id"))
    except VisageError as error:
        return await _page(request, error=error)
    raise web.HTTPSeeOther("/webhooks")


async def _page(
    request: web.Request,
    form: EndpointForm | None = None,
    made: WebhookEndpoint | None = None,
    error: VisageError | None = None,
) -> web.Response:
    endpoints = await webhooks.list_endpoints(principal_of(request))
    return render(
        request,
        "webhooks.html",
        status=status_of(error.reason) if error else 200,
        error=error.message if error else None,
        made=made,
        form=form or EndpointForm(),
        events=EVENTS,
        endpoints=[await _shown(request, endpoint) for endpoint in endpoints],
    )


async def _shown(request: web.Request, endpoint: WebhookEndpoint) -> EndpointShown:
    settings = gateway_of(request).settings.webhooks
    rows, _ = await webhooks.list_deliveries(principal_of(request), endpoint.id, limit=LOG_LINES)
    return EndpointShown.of(endpoint, [webhooks.delivery_view(settings, row) for row in rows])
