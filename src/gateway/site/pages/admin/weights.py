"""Weights: what is imported, and how more is."""

from aiohttp import web

from contracts import packaged
from gateway.admin.views import WeightsView
from gateway.context import gateway_of
from gateway.site.engines import engine_shown
from gateway.site.render import render
from storage.weights import all_weights


async def overview(request: web.Request) -> web.Response:
    """GET /admin/weights."""
    business = gateway_of(request).settings.commercial
    rows = [WeightsView.of(row, business=business) for row in await all_weights()]
    ours = [engine_shown(engine) for engine in packaged.engines()]
    return render(request, "admin/weights.html", rows=rows, business=business, ours=ours)
