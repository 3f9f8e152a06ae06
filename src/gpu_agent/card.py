"""How an agent is known to the others: its name, and its card in the `agents` bucket."""

import asyncio
import os
import re
import socket
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from uuid import UUID

from bus.bucket import Bucket
from contracts.engines import TIMED
from contracts.errors import UnavailableError
from contracts.messages import AgentCard, now
from contracts.settings import AgentSettings
from gpu_agent import engines
from gpu_agent.reports import LIFE

_SINCE = now()


def agent_id(settings: AgentSettings) -> str:
    """The agent's name, fit to be a key: as set, else of host and process."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", settings.id or f"{socket.gethostname()}-{os.getpid()}")


def card(
    settings: AgentSettings,
    name: str,
    busy: Collection[UUID],
    *,
    stopping: bool = False,
    encoders: Sequence[str] = (),
) -> AgentCard:
    """The card as it is now; an agent that is told to stop has no free slot. `encoders` are the hardware's."""
    return AgentCard(
        agent_id=name,
        pool=settings.pool,
        slots=len(busy) if stopping else settings.slots,
        busy=sorted(busy),
        engines=[*engines.available(), *([TIMED] if settings.timed else [])],
        encoders=list(encoders),
        device=settings.device,
        host=socket.gethostname(),
        pid=os.getpid(),
        life=LIFE,
        since=_SINCE,
    )


async def keep_card(bucket: Bucket, current: Callable[[], AgentCard], seconds: float) -> None:
    """Renew the card every `seconds` until cancelled, then remove it."""
    name = current().agent_id
    try:
        while True:
            with suppress(UnavailableError):
                await bucket.put(name, current())
            await asyncio.sleep(seconds)
    finally:
        with suppress(UnavailableError, TimeoutError):
            async with asyncio.timeout(2.0):
                await bucket.delete(name)
