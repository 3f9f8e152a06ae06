"""The connection to PostgreSQL: `connect` once a process, `transaction` around what belongs together.

await connect(settings.database)
async with transaction() as connection:
    await Job.create(..., using_db=connection)
    await outbox.add(connection, subject, message)
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionContext
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from contracts.errors import UnavailableError
from contracts.settings import DatabaseSettings
from storage.faults import guard, means_away
from storage.orm import CONNECTION, TORTOISE_ORM, orm_config, url_of
from storage.schema import migrate

__all__ = ["TORTOISE_ORM", "close", "connect", "guard", "migrate", "ping", "transaction"]

_PATIENCE_SECONDS = 30.0
_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 1.0

_log = structlog.get_logger()


@dataclass
class _Opened:
    context: TortoiseContext
    url: str
    users: int = 1


_opened: _Opened | None = None


async def connect(settings: DatabaseSettings, patience: float = _PATIENCE_SECONDS) -> None:
    """Open the pool, waiting up to `patience` seconds for a server that is not there yet.

    May be called by several actors of one process: they share the pool, and the last `close` closes it.
    Raises UnavailableError when the time is up.
    """
    global _opened
    url = url_of(settings)
    if _opened is not None:
        if _opened.url != url:
            raise ValueError("this process is connected to another database")
        _opened.users += 1
        return
    context = TortoiseContext()
    # The fallback, not a context variable: handlers run in tasks that were born elsewhere.
    with context:
        await context.init(orm_config(url, settings.pool), _enable_global_fallback=True)
    _opened = _Opened(context, url)
    try:
        await _wait_until_there(patience)
    except BaseException:
        await close()
        raise


async def close() -> None:
    """Give the pool back; the last user of the process closes it."""
    global _opened
    if _opened is None:
        return
    _opened.users -= 1
    if _opened.users == 0:
        context, _opened = _opened.context, None
        await context.close_connections()


async def ping() -> None:
    """Ask the server for an answer. Raises UnavailableError without one."""
    async with guard():
        await get_connections().get(CONNECTION).execute_query("SELECT 1")


async def _wait_until_there(patience: float) -> None:
    deadline = asyncio.get_running_loop().time() + patience
    wait = _FIRST_WAIT_SECONDS
    while True:
        try:
            return await ping()
        except UnavailableError as error:
            if asyncio.get_running_loop().time() + wait > deadline:
                raise
            _log.info("waiting for the database", cause=repr(error.__cause__))
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_SECONDS)


@asynccontextmanager
async def transaction() -> AsyncIterator[BaseDBAsyncClient]:
    """All or nothing: queries inside go through one connection; an exception undoes them.

    Inside another transaction it is a savepoint. A lost server becomes UnavailableError, and then the
    effects are unknown only if the loss fell into the commit itself.
    """
    async with guard():
        context = in_transaction(CONNECTION)
        connection = await _begin(context)
        try:
            yield connection
        except BaseException as error:
            await _roll_back(context, error)
            raise
        await context.__aexit__(None, None, None)


async def _begin(context: TransactionContext) -> BaseDBAsyncClient:
    try:
        return await context.__aenter__()
    except BaseException:
        # The ORM forgets a connection that it took from the pool and on which BEGIN failed.
        await _give_back(context)
        raise


async def _give_back(context: TransactionContext) -> None:
    token = getattr(context, "token", None)
    if token is not None:
        get_connections().reset(token)
        parent = context.client._parent
        if parent._pool:
            await parent._pool.release(context.client._connection)


async def _roll_back(context: TransactionContext, error: BaseException) -> None:
    try:
        await context.__aexit__(type(error), error, error.__traceback__)
    except Exception as second:
        # There is nothing to roll back on a lost connection; the first error tells more.
        if not means_away(second):
            raise
