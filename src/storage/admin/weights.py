"""Weights: imported and removed."""

from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from contracts.engines import SIMSWAP, with_generator
from contracts.errors import Reason, RequestError
from contracts.states import JobState
from contracts.weights import GENERATOR, IDENTITY, WeightsFile
from storage import keys
from storage.admin.deeds import By, note
from storage.database import transaction
from storage.models import Job, Weights

_FINAL = [state for state in JobState if state.final]


async def add_weights(by: By, name: str, file: WeightsFile, *, default: bool = False) -> Weights:
    """Add weights whose object is stored. The first generator is the default one; `default` makes another so.

    The same file under the same name again changes nothing but the default.

    Raises:
        RequestError: CONFLICT where the name stands for another file, or there is another identity network: the
            generators of a service share one.
    """
    async with transaction() as connection:
        await _hold(connection)
        rows = {row.name: row for row in await Weights.all().using_db(connection)}
        found = rows.get(name)
        _check_room(name, file, rows)
        if found is None:
            found = Weights(name=name, key=keys.weights(file.sha256), is_default=False, **file.model_dump())
            await found.save(using_db=connection, force_create=True)
            await note(connection, by, "weights.import", f"weights:{name}", after=_told(found))
        alone = not any(row.role == file.role for row in rows.values())
        if (default or alone) and not found.is_default:
            await _make_default(connection, by, found, noted=not alone)
    return found


def _told(row: Weights) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("family", "source", "sha256", "commercial", "license")}


def _check_room(name: str, file: WeightsFile, rows: dict[str, Weights]) -> None:
    found = rows.get(name)
    if found is not None and found.sha256 != file.sha256:
        message = (
            f"There are other weights called {name}. Remove them first, or choose another name by --name."
        )
        raise RequestError(Reason.CONFLICT, message, name=name)
    others = [row.name for row in rows.values() if row.role == IDENTITY and row.name != name]
    if file.role == IDENTITY and others:
        message = f"There is an identity network already, {others[0]}. Remove it first: there is one for all."
        raise RequestError(Reason.CONFLICT, message, name=others[0])


async def remove_weights(by: By, name: str) -> str | None:
    """Remove weights that no unfinished job needs. If they were the default, the oldest left of their role is.

    Returns:
        The object that nothing needs any more; None where another name stands for it too.

    Raises:
        RequestError: NOT_FOUND; CONFLICT with the number of `jobs` in the way.
    """
    async with transaction() as connection:
        await _hold(connection)
        row = await Weights.filter(name=name).using_db(connection).first()
        if row is None:
            raise RequestError(Reason.NOT_FOUND, f"There are no weights called {name}.", name=name)
        await _check_unused(connection, row)
        await row.delete(using_db=connection)
        await note(connection, by, "weights.remove", f"weights:{name}", before=_told(row))
        heir = await Weights.filter(role=row.role).using_db(connection).order_by("created_at").first()
        if row.is_default and heir is not None:
            await _make_default(connection, by, heir, noted=True)
        return None if await Weights.filter(key=row.key).using_db(connection).exists() else row.key


async def _check_unused(connection: BaseDBAsyncClient, row: Weights) -> None:
    unfinished = Job.exclude(state__in=_FINAL).using_db(connection)
    if row.role == GENERATOR:
        jobs = await unfinished.filter(engine=with_generator(SIMSWAP, row.name)).count()
    else:
        jobs = await unfinished.filter(engine__startswith=SIMSWAP).count()
    if jobs:
        message = (
            f"{jobs} unfinished jobs need the weights {row.name}. Wait for their end, or stop them first."
        )
        raise RequestError(Reason.CONFLICT, message, jobs=jobs)


async def _make_default(connection: BaseDBAsyncClient, by: By, row: Weights, *, noted: bool) -> None:
    await Weights.filter(role=row.role).using_db(connection).update(is_default=False)
    row.is_default = True
    await row.save(using_db=connection, update_fields=["is_default"])
    if noted:
        await note(connection, by, "weights.default", f"weights:{row.name}")


async def _hold(connection: BaseDBAsyncClient) -> None:
    """One at a time: what is the default depends on all rows. Readers do not wait."""
    await connection.execute_query('LOCK TABLE "weights" IN SHARE ROW EXCLUSIVE MODE')
