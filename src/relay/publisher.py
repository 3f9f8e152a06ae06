"""Publishing the outbox: in order, many at a time, by one relay at a time."""

import asyncio

import structlog

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
        # They are written to the connection in the order of their tasks, and so arrive in it.
        results = await asyncio.gather(*map(self._publish, messages), return_exceptions=True)
        settled = [
            message.sequence for message, result in zip(messages, results, strict=True) if result is None
        ]
        if settled:
            await outbox.mark_sent(settled)
        for error in results:
            if error is not None:
                raise error
        return len(messages)

    async def _publish(self, message: OutboxMessage) -> None:
        try:
            await self._bus.publish(message.subject, message.payload.encode(), str(message.id))
        except PermissionError as error:
            _log.exception("the broker's configuration forbids a message", subject=message.subject)
            raise UnavailableError("message broker") from error
        except UnavailableError:
            raise
        except Exception as error:
            # It is too long or its subject is none: it can never be sent, and must not hold up the others.
            _log.exception("message refused", subject=message.subject)
            await letters.keep_letter(f"outbox-{message.id}", _letter(message, error))


def _letter(message: OutboxMessage, error: Exception) -> DeadLetter:
    return DeadLetter(
        actor="relay", subject=message.subject, reason=repr(error), payload=message.payload, deliveries=0
    )
