"""A whole running service: every server and every actor, as `visage up` starts them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contracts.settings import (
    AgentSettings,
    GatewaySettings,
    QualitySettings,
    SchedulerSettings,
    Settings,
    StackSettings,
    WebhookSettings,
)
from visage import demo
from visage.client import Client
from visage.stack import Stack, running


@pytest.fixture(scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The service with two agents and short segments, webhooks to loopback allowed, tried again within a second.

    Its agents offer the timed engine too.
    """
    settings = Settings(
        data=tmp_path_factory.mktemp("service"),
        gateway=GatewaySettings(port=0),
        scheduler=SchedulerSettings(segment_seconds=2.0),
        agent=AgentSettings(timed=True, threads=1),
        webhooks=WebhookSettings(allow_private=True, schedule_seconds=[0, 0.2, 0.2, 0.2]),
        quality=QualitySettings(windows=0),
        stack=StackSettings(agents=2),
    )
    async with running(settings) as stack:
        yield stack


@pytest.fixture(scope="session")
async def fragile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A service of its own for tests that kill and freeze its parts, with short segments.

    It takes no segment that is held up for one that hangs or lags.
    """
    settings = Settings(
        data=tmp_path_factory.mktemp("fragile"),
        gateway=GatewaySettings(port=0),
        scheduler=SchedulerSettings(segment_seconds=1.0, hang_seconds=600, straggler_factor=1000),
        agent=AgentSettings(threads=1),
        quality=QualitySettings(windows=0),
        stack=StackSettings(agents=2),
    )
    async with running(settings) as stack:
        yield stack


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The demo's video (3 s of it: two segments, one face, sound) and face photo."""
    return demo.material(tmp_path_factory.mktemp("material"), seconds=3)


@pytest.fixture
async def client(service: Stack) -> AsyncIterator[Client]:
    """The operator's view of `service`."""
    async with Client(service.url, service.operator_key) as client:
        yield client
