"""A gateway on real servers, and users of it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from contracts.settings import GatewaySettings, Settings, WebhookSettings
from gateway.app import build_app
from gateway.context import GATEWAY, Gateway
from storage.s3 import S3Store
from tests.conftest import OpenBus
from tests.integration.gateway.callers import Caller, Served, make_caller


@pytest.fixture
def gateway_settings(settings: Settings) -> Settings:
    """Settings of the gateway under test: few log-ins, deliveries to loopback, short waits."""
    own = {
        "gateway": GatewaySettings(port=0, login_attempts=3),
        "webhooks": WebhookSettings(schedule_seconds=[0, 0.05, 0.1], allow_private=True),
    }
    return settings.model_copy(update=own)


@pytest.fixture
async def served(
    gateway_settings: Settings, database: None, store: S3Store, bus: OpenBus
) -> AsyncIterator[Served]:
    """The site and API on a free port."""
    app = build_app(gateway_settings, store, await bus("gateway"))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield Served(f"http://127.0.0.1:{runner.addresses[0][1]}", app[GATEWAY])
    finally:
        await runner.cleanup()


@pytest.fixture
def gateway(served: Served) -> Gateway:
    """The parts of the gateway under test."""
    return served.gateway


@pytest.fixture
async def caller(served: Served) -> AsyncIterator[Caller]:
    """A user of the free tier who calls the API by key."""
    async with make_caller(served) as one:
        yield one


@pytest.fixture
async def stranger(served: Served) -> AsyncIterator[Caller]:
    """Another user."""
    async with make_caller(served) as one:
        yield one
