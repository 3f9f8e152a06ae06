"""A relay's bus, and rows to begin with."""

import pytest

from bus.connection import Bus
from tests.conftest import OpenBus
from tests.integration.storage.rows import Customer, make_customer


@pytest.fixture
async def relay_bus(bus: OpenBus) -> Bus:
    """The broker as the relay sees it, its streams empty."""
    return await bus("relay")


@pytest.fixture
async def customer(database: None) -> Customer:
    """A user of the free tier with a video and a face."""
    return await make_customer()
