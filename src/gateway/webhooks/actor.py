"""The webhooks actor as a process: `await run(settings)` until SIGTERM."""

import aiohttp

from bus.actor import Actor, Delivery
from bus.connection import Bus
from contracts.messages import DeliveryTask, JobEvent
from contracts.settings import Settings
from gateway.webhooks.addresses import guarded_connector
from gateway.webhooks.delivery import Courier
from gateway.webhooks.fanout import Fanout
from storage import database

_EVENTS_AT_ONCE = 8
# Mostly waiting for receivers; a slow one holds one of these for settings.webhooks.timeout_seconds at most.
_DELIVERIES_AT_ONCE = 64


async def run(settings: Settings) -> None:
    """Deliver until SIGTERM or SIGINT.

    Raises:
        UnavailableError: A server behind us did not answer at the start.
    """
    await database.connect(settings.database)
    try:
        bus = await Bus.connect(settings.nats, "webhooks")
        async with aiohttp.ClientSession(
            connector=guarded_connector(settings.webhooks), cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            await build_actor(settings, bus, session).run()
    finally:
        await database.close()


def build_actor(settings: Settings, bus: Bus, session: aiohttp.ClientSession) -> Actor:
    """The actor over its servers; it ends with `Actor.run`."""
    fanout, courier = Fanout(settings), Courier(settings.webhooks, session)

    async def on_event(event: JobEvent, delivery: Delivery) -> None:
        async with database.guard():
            await fanout.handle(event)

    async def on_task(task: DeliveryTask, delivery: Delivery) -> None:
        async with database.guard():
            await courier.handle(task)

    actor = Actor("webhooks", bus, settings)
    actor.consume("webhooks-jobs", JobEvent, on_event, concurrency=_EVENTS_AT_ONCE)
    actor.consume("webhooks", DeliveryTask, on_task, concurrency=_DELIVERIES_AT_ONCE)
    actor.on_ready(database.ping)
    return actor
