"""Publishing the outbox: in order, many at a time, by one relay at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import structlog

from bus.bundle import Parcel
from bus.connection import Bus
from contracts.errors import UnavailableError
from contracts.messages import DeadLetter
from contracts.settings import DatabaseSettings
from storage import letters, outbox
from storage.models import OutboxMessage
from storage.notify import Channel, listen

BATCH = 500
POLL_SECONDS = 1.0

# The advisory lock of the relay that publishes. Any number will do, as long as every relay uses the same.
LOCK = 0x5245_4C41_59

_PAUSE_SECONDS = 0.5

_log = structlog.get_logger()


class Publisher:
    """Sends what waits in the outbox while it holds the relays' lock; others stand by.

    A message whose relay died before it was marked is sent again with the same id: its stream keeps it once.
    """

    def __init__(self, bus: Bus, settings: DatabaseSettings) -> None:
        self._bus = bus
        self._settings = settings

    async def run(self) -> None:
        """Publish for ever, whatever server goes away and comes back."""
        while True:
            try:
                async with listen(self._settings, outbox.CHANNEL) as channel:
                    await self._lead(channel)
            except UnavailableError as error:
                _log.warning("relay waits for a server", cause=str(error.detail["what"]))
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _lead(self, channel: Channel) -> None:
        while not await channel.try_lock(LOCK):
            await channel.wait(POLL_SECONDS)
        while True:
            while await self.publish_batch() == BATCH:
                channel.check()
            await channel.wait(POLL_SECONDS)

    async def publish_batch(self) -> int:
        """Publish the first messages of the outbox and mark them; return how many there were.

        Raises UnavailableError if any could not be published now; those that could are marked all the same.
        """
        messages = await outbox.unsent(BATCH)
        told = [
            (message, await _hindrance(message, error)) for message, error in await self._publish(messages)
        ]
        settled = [message.sequence for message, error in told if error is None]
        if settled:
            await outbox.mark_sent(settled)
        for _, error in told:
            if error is not None:
                raise error
        return len(messages)

    async def _publish(
        self, messages: Sequence[OutboxMessage]
    ) -> list[tuple[OutboxMessage, Exception | None]]:
        """What became of each. Those of one stream are stored together, in their order."""
        streams: dict[str, list[OutboxMessage]] = defaultdict(list)
        for message in messages:
            streams[message.subject.partition(".")[0]].append(message)
        results = await asyncio.gather(
            *(self._bus.publish_all([_parcel(message) for message in some]) for some in streams.values())
        )
        return [
            pair
            for some, errors in zip(streams.values(), results, strict=True)
            for pair in zip(some, errors, strict=True)
        ]


def _parcel(message: OutboxMessage) -> Parcel:
    return Parcel(message.subject, message.payload.encode(), str(message.id))


async def _hindrance(message: OutboxMessage, error: Exception | None) -> Exception | None:
    """Why a message must be sent again; None for one that is sent, or that never can be."""
    if error is None or isinstance(error, UnavailableError):
        return error
    if isinstance(error, PermissionError):
        _log.error("the broker's configuration forbids a message", subject=message.subject, exc_info=error)
        return UnavailableError("message broker")
    # It is too long or its subject is none: it can never be sent, and must not hold up the others.
    _log.error("message refused", subject=message.subject, exc_info=error)
    await letters.keep_letter(f"outbox-{message.id}", _letter(message, error))
    return None


def _letter(message: OutboxMessage, error: Exception) -> DeadLetter:
    return DeadLetter(
        actor="relay", subject=message.subject, reason=repr(error), payload=message.payload, deliveries=0
    )
