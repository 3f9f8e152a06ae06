"""The relay as an actor: it publishes, keeps dead letters, and ends when told."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from bus.connection import Bus
from contracts import subjects
from contracts.messages import DeadLetter
from contracts.settings import Settings
from relay import actor
from storage.models import DeadLetterRow, OutboxMessage
from tests.conftest import OpenBus
from tests.integration.relay.streams import ids_in
from tests.integration.storage.rows import Customer
from tests.waiting import PATIENCE, until

LETTER = DeadLetter(actor="merger", subject="merges.x", reason="no such job", payload="{}", deliveries=5)


@pytest.fixture
async def running(database: None, relay_bus: Bus, settings: Settings) -> AsyncIterator[None]:
    task = asyncio.create_task(actor.run(settings))
    await asyncio.sleep(0)
    yield
    if not task.done():
        os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, PATIENCE)


async def test_a_submitted_job_reaches_its_stream(customer: Customer, running: None, bus: OpenBus) -> None:
    await customer.submit()
    await until(OutboxMessage.filter(sent_at__isnull=False).exists)
    [message] = await OutboxMessage.all()
    assert await ids_in(await bus("provision")) == [str(message.id)]


async def test_dead_letters_become_rows_once(running: None, bus: OpenBus) -> None:
    merger = await bus("merger")
    for letter_id in ("one", "two", "one"):
        await merger.publish(subjects.dead_letter("merger"), LETTER, letter_id)
    await until(lambda: DeadLetterRow.filter(letter_id="two").exists())
    first, second = await DeadLetterRow.all().order_by("letter_id")
    assert (first.letter_id, second.letter_id) == ("one", "two")
    assert (first.actor, first.reason, first.deliveries) == ("merger", "no such job", 5)
