"""One handing-out of one message."""

from collections.abc import Mapping

import nats.errors
import structlog
from nats.aio.msg import Msg

log = structlog.get_logger()

MessageKey = tuple[str, int, int]
SHORT_ACK = 9  # fields of the short form


class Delivery:
    """What a handler knows about its message besides the message.

    Attributes:
        subject: Where it was published.
        deliveries: How often the broker handed it out, this time included. 2 or more after a death, a
            failure, a `Later` or a drained actor.
        headers: As published.
        key: Stream, sequence, and time of storing in ns since 1970: the same for every delivery of a message, and
            unique for ever, as a recreated stream counts anew.
        sequence: Its number in its stream.
    """

    def __init__(self, msg: Msg) -> None:
        self._msg = msg
        self._settled = False
        self.subject = msg.subject
        self.headers: Mapping[str, str] = msg.headers or {}
        stream, _, deliveries, sequence, _, stored, *_ = _ack_fields(msg)
        self.key: MessageKey = stream, int(sequence), int(stored)
        self.sequence = self.key[1]
        self.deliveries = int(deliveries)

    @property
    def data(self) -> bytes:
        """The message as it came."""
        return self._msg.data

    async def in_progress(self) -> None:
        """Tell the broker that work goes on; the runtime does so by itself three times a lease."""
        if not self._settled:
            await self._send(b"+WPI")

    async def ack(self, *, confirmed: bool = False) -> None:
        """Done. With `confirmed` the broker's answer is awaited, for at most two seconds."""
        self._settled = True
        if confirmed:
            await self._msg._client.request(self._msg.reply, b"+ACK", timeout=2)
        else:
            await self._send(b"+ACK")

    async def nak(self, delay: float = 0.0) -> None:
        """Hand it out again after `delay` seconds."""
        self._settled = True
        await self._send(b'-NAK {"delay": %d}' % int(delay * 1e9) if delay > 0 else b"-NAK")

    async def term(self) -> None:
        """Never hand it out again."""
        self._settled = True
        await self._send(b"+TERM")

    def renewed(self, msg: Msg) -> None:
        """The broker handed it out again while we work on it (it was away for long): answer to the newest."""
        self._msg = msg

    async def _send(self, answer: bytes) -> None:
        try:
            await self._msg._client.publish(self._msg.reply, answer)
        except nats.errors.Error as error:  # it will be handed out again, and handlers are idempotent
            log.warning("answer not sent", subject=self.subject, answer=answer.decode(), error=repr(error))


def _ack_fields(msg: Msg) -> list[str]:
    """Stream, consumer, deliveries, stream sequence, consumer sequence, time, … of an answer's subject.

    `$JS.ACK.<those>`, or `$JS.ACK.<domain>.<account>.<those>.<token>` (ADR-15).
    """
    fields = msg.reply.split(".")
    return fields[2:] if len(fields) == SHORT_ACK else fields[4:]
