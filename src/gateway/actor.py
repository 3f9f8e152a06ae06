"""The gateway as a process: `await run(settings)` until SIGTERM."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import structlog
from aiohttp import web

from bus.actor import Actor
from bus.connection import Bus
from contracts.settings import GatewaySettings, Settings
from gateway.app import build_app
from gateway.context import GATEWAY
from gateway.intake.housekeeping import finish_removals
from storage import database
from storage.objects import ObjectMissing, ObjectStore
from storage.s3 import open_store

# The address the site is served at is written here, so that who took port 0 can tell others.
FILE_VARIABLE = "VISAGE_GATEWAY_FILE"

_SWEEP_SECONDS = 2.0
_HOUSEKEEPING_SECONDS = 60.0
# Requests in flight get this long at the end; uploads store what they hold and stop at once.
_GRACE_SECONDS = 10.0

_log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Serve the site and the API until SIGTERM or SIGINT, then let requests end.

    Raises:
        UnavailableError: A server behind us did not answer at the start.
    """
    await database.connect(settings.database)
    try:
        async with open_store(settings.s3) as store:
            bus = await Bus.connect(settings.nats, "gateway")
            app = build_app(settings, store, bus)
            async with _serving(app, settings.gateway):
                await _actor(settings, app, bus, store).run()
    finally:
        await database.close()


def _actor(settings: Settings, app: web.Application, bus: Bus, store: ObjectStore) -> Actor:
    gateway = app[GATEWAY]
    actor = Actor("gateway", bus, settings)
    actor.every(_SWEEP_SECONDS, gateway.inspector.sweep)
    actor.every(_SWEEP_SECONDS, gateway.persons.sweep)
    actor.every(_HOUSEKEEPING_SECONDS, partial(finish_removals, gateway))
    actor.on_ready(database.ping)
    actor.on_ready(partial(_ask, store))
    return actor


async def _ask(store: ObjectStore) -> None:
    try:
        await store.stat("readiness")
    except ObjectMissing:
        return


@asynccontextmanager
async def _serving(app: web.Application, settings: GatewaySettings) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        _announce(f"http://{settings.host}:{runner.addresses[0][1]}")
        yield
    finally:
        await runner.cleanup()


def _announce(url: str) -> None:
    _log.info("site served", url=url)
    if path := os.environ.get(FILE_VARIABLE):
        draft = Path(f"{path}.{os.getpid()}")
        draft.write_text(f"{url}\n")
        draft.replace(path)
