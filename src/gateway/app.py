"""The web application: middlewares around the API and the site."""

import asyncio
import time
from collections.abc import AsyncIterator

from aiohttp import web

from bus.actor.loops import keep_running
from bus.connection import Bus
from contracts.settings import Settings
from gateway import api, site
from gateway.buckets import Buckets
from gateway.context import GATEWAY, Gateway
from gateway.cookies import send_form_token
from gateway.intake.inspection import Inspector
from gateway.intake.persons import PersonFinder
from gateway.middleware.errors import ERROR_PAGE, answer_errors, plain_error_page
from gateway.middleware.forgery import refuse_forgery
from gateway.middleware.identity import identify
from gateway.middleware.rates import BUCKETS, add_rate_headers, limit_rate
from gateway.middleware.tracing import add_headers, trace
from gateway.services.progress import ProgressHub
from storage.objects import ObjectStore

# Of JSON bodies and forms; uploads are streams and have limits of their own.
MAX_BODY_BYTES = 2**20

_MIDDLEWARES = (trace, answer_errors, identify, limit_rate, refuse_forgery)


def build_app(settings: Settings, store: ObjectStore, bus: Bus) -> web.Application:
    """The application over its servers, which are connected already, and the database of the process."""
    app = web.Application(middlewares=_MIDDLEWARES, client_max_size=MAX_BODY_BYTES)
    inspector, persons = Inspector(settings, store), PersonFinder(settings, store)
    app[GATEWAY] = Gateway(settings, store, bus, ProgressHub(bus), inspector, persons)
    app[BUCKETS] = Buckets(settings.gateway.rate_per_minute, time.monotonic)
    app[ERROR_PAGE] = plain_error_page
    app.on_response_prepare.extend((add_headers, add_rate_headers, send_form_token))
    app.on_shutdown.append(_begin_draining)
    app.cleanup_ctx.append(_live_parts)
    app.router.add_get("/healthz", _healthz)
    api.routes.setup(app)
    site.routes.setup(app)
    return app


async def _healthz(request: web.Request) -> web.Response:
    return web.json_response({"alive": True})


async def _begin_draining(app: web.Application) -> None:
    app[GATEWAY].draining.set()


async def _live_parts(app: web.Application) -> AsyncIterator[None]:
    gateway = app[GATEWAY]
    hub = asyncio.create_task(keep_running("progress hub", gateway.hub.run))
    yield
    hub.cancel()
    await asyncio.gather(hub, return_exceptions=True)
    await gateway.inspector.close()
    await gateway.persons.close()
