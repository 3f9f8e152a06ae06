"""Bringing the tables up to date, and the rows that every installation has."""

from pathlib import Path

import asyncpg
import structlog
from tortoise.context import TortoiseContext

from contracts.settings import DatabaseSettings
from contracts.tiers import DEFAULT_TIERS
from storage.faults import guard
from storage.models import Tier
from storage.orm import APP, orm_config, url_of

MIGRATIONS = Path(__file__).parents[2] / "migrations"

# Any number will do, as long as every Visage uses the same.
_LOCK = 0x5649_5341_4745

_log = structlog.get_logger()


@guard()
async def migrate(settings: DatabaseSettings) -> list[str]:
    """Apply the migrations that are missing and seed the tiers; return the names of those applied.

    Several may call it at once: one works, the others wait and find nothing to do.
    """
    url = url_of(settings)
    lock = await asyncpg.connect(url)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _LOCK)
        return await _upgrade(url)
    finally:
        await lock.close()


async def _upgrade(url: str) -> list[str]:
    from aerich import Command  # here: actors never migrate, and it takes half a second to import

    config = orm_config(url, pool=1)
    async with TortoiseContext() as context:
        await context.init(config)
        command = Command(config, app=APP, location=str(MIGRATIONS))
        await command.init()
        applied = await command.upgrade(run_in_transaction=True)
        await seed_tiers()
    if applied:
        _log.info("migrated", migrations=applied)
    return applied


async def seed_tiers() -> None:
    """Write the default tiers where there is none at all: what an admin changed or removed stays so."""
    if not await Tier.exists():
        await Tier.bulk_create([Tier(**tier.model_dump()) for tier in DEFAULT_TIERS], ignore_conflicts=True)
