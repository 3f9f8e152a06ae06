"""What the parts of a leading scheduler share."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import structlog

from bus.connection import Bus
from contracts.errors import VisageError
from contracts.messages import CancelWork
from contracts.settings import Settings
from contracts.subjects import cancel_work
from scheduler.agents import Agents
from scheduler.board import Board
from scheduler.tariffs import Tariffs
from storage.objects import ObjectStore

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Lead:
    """One term of leadership: it ends, with all in it, when the lease is lost or the database goes away.

    Attributes:
        fence: Token of the term; releases by an older one are refused by the database.
        wake: Set when there may be something to release.
        group: Tasks that live as long as the term; one that raises ends it.
    """

    settings: Settings
    bus: Bus
    store: ObjectStore
    board: Board
    agents: Agents
    tariffs: Tariffs
    fence: int
    wake: asyncio.Event
    group: asyncio.TaskGroup


async def stop_agents(bus: Bus, job_id: UUID) -> None:
    """Tell the agents to stop what they do for a job."""
    await bus.announce(cancel_work(job_id), CancelWork(job_id=job_id))


async def drop_attempt(bus: Bus, attempt_id: UUID) -> None:
    """Tell the agents to stop what they do for one attempt."""
    await bus.announce(cancel_work(attempt_id), CancelWork(attempt_id=attempt_id))


def remove_soon(lead: Lead, prefix: str) -> None:
    """Remove objects nobody needs, in the background; one too many costs only room."""
    lead.group.create_task(_remove(lead.store, prefix))


async def _remove(store: ObjectStore, prefix: str) -> None:
    try:
        await store.delete_prefix(prefix)
    except VisageError as error:
        log.warning("objects not removed", prefix=prefix, error=str(error))
