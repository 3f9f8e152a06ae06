"""One try at one delivery: a signed POST, as Standard Webhooks lays it out."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import aiohttp
from standardwebhooks import Webhook

from contracts.messages import now
from storage.models import WebhookDelivery

ANSWER_BYTES = 1024
_GONE = 410


@dataclass(frozen=True)
class Outcome:
    """How a try went. `status` is None where there was no answer, and `error` says why."""

    at: datetime
    milliseconds: int
    status: int | None = None
    answer: str | None = None
    error: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the receiver took the event."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver asked never to be told again."""
        return self.status == _GONE

    @property
    def entry(self) -> dict[str, Any]:
        """The line of the log."""
        return {**asdict(self), "at": self.at.isoformat()}


async def send(session: aiohttp.ClientSession, delivery: WebhookDelivery, timeout_seconds: float) -> Outcome:
    """Try a delivery whose `endpoint` is loaded. Redirects are answers like others: not followed."""
    began = time.perf_counter()
    status, answer, error = None, None, None
    try:
        async with session.post(
            delivery.endpoint.url,
            data=delivery.payload.encode(),
            headers=signed_headers(delivery, now()),
            timeout=aiohttp.ClientTimeout(total=timeout_seconds),
            allow_redirects=False,
        ) as response:
            status = response.status
            answer = await _beginning(response)
    except TimeoutError:
        error = f"no answer within {timeout_seconds:g} s"
    except (aiohttp.ClientError, OSError, ValueError) as failure:
        error = str(failure) or repr(failure)
    return Outcome(now(), round(1000 * (time.perf_counter() - began)), status, answer, error)


def signed_headers(delivery: WebhookDelivery, moment: datetime) -> dict[str, str]:
    """What a receiver checks: the event's id, the time of this try, the signature of both and the body."""
    event_id = str(delivery.event_id)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Visage-Webhooks/1",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(delivery.endpoint.secret).sign(event_id, moment, delivery.payload),
    }


async def _beginning(response: aiohttp.ClientResponse) -> str:
    received = bytearray()
    while len(received) < ANSWER_BYTES and (
        chunk := await response.content.read(ANSWER_BYTES - len(received))
    ):
        received += chunk
    return received.decode(errors="replace").replace("\0", "")
