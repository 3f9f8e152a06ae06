"""Several messages of one stream, stored by one write to disk: an atomic batch (nats-server 2.12, ADR-50).

With `sync_interval: always` every message that comes alone costs a flush of the disk of its own. A bundle is
stored as a whole or not at all, and is refused where a single one of its ids was stored before.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple
from uuid import uuid4

from nats.aio.client import Client
from nats.js import api

FEWEST = 12  # fewer are stored for less one by one
MOST = 500  # the broker takes 1,000


class Parcel(NamedTuple):
    """A message to be published, and the id under which its stream keeps it once."""

    subject: str
    payload: bytes
    message_id: str


class NotBundledError(Exception):
    """The broker did not take the messages as one; each may still be taken alone."""


async def send_bundle(nc: Client, parcels: Sequence[Parcel], seconds: float) -> None:
    """Publish up to `MOST` messages to one stream as one, and wait up to `seconds` until they are stored.

    Raises:
        NotBundledError: The broker refused; nothing was stored.
        TimeoutError, nats.errors.Error: It did not answer, or a message is none that can be sent.
    """
    batch = uuid4().hex
    for number, parcel in enumerate(parcels[:-1], 1):
        await nc.publish(parcel.subject, parcel.payload, headers=_headers(batch, number, parcel))
    last = parcels[-1]
    headers = _headers(batch, len(parcels), last) | {"Nats-Batch-Commit": "1"}
    answer = await nc.request(last.subject, last.payload, timeout=seconds, headers=headers)
    stored = json.loads(answer.data)
    if stored.get("count") != len(parcels):
        raise NotBundledError(stored.get("error", {}).get("description", "the broker knows no batches"))


def _headers(batch: str, number: int, parcel: Parcel) -> dict[str, str]:
    return {
        api.Header.MSG_ID.value: parcel.message_id,
        "Nats-Batch-Id": batch,
        "Nats-Batch-Sequence": str(number),
    }
