"""The relay's actor: publishes the outbox, keeps dead letters, removes what is past its time."""

import structlog

from bus.actor import Actor, Delivery
from bus.connection import Bus
from contracts.messages import DeadLetter
from contracts.settings import Settings
from relay.housekeeping import clean_up
from relay.publisher import Publisher
from storage import database, letters
from storage.objects import ObjectStore
from storage.s3 import open_store

CLEANING_SECONDS = 60.0

_log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Run the relay until it is told to stop. Several may run: one publishes, the others stand by."""
    await database.connect(settings.database)
    try:
        async with open_store(settings.s3) as store:
            bus = await Bus.connect(settings.nats, "relay")
            await _actor(settings, bus, store).run()
    finally:
        await database.close()


def _actor(settings: Settings, bus: Bus, store: ObjectStore) -> Actor:
    actor = Actor("relay", bus, settings)

    async def cleaning() -> None:
        removed = {what: count for what, count in (await clean_up(store)).items() if count}
        if removed:
            _log.info("cleaned up", **removed)

    actor.background(Publisher(bus, settings.database).run)
    actor.consume("relay", DeadLetter, _keep)
    actor.every(CLEANING_SECONDS, cleaning)
    actor.on_ready(database.ping)
    return actor


async def _keep(letter: DeadLetter, delivery: Delivery) -> None:
    letter_id = delivery.headers.get("Nats-Msg-Id") or f"deadletters-{delivery.sequence}"
    await letters.keep_letter(letter_id, letter)
