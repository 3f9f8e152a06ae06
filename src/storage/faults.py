"""Which failures of the driver mean that PostgreSQL is away, and their translation."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from tortoise.exceptions import DBConnectionError

from contracts.errors import UnavailableError

_AWAY: tuple[type[BaseException], ...] = (
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    DBConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,
)


def means_away(error: BaseException) -> bool:
    """Whether `error` says that the server is gone, starting or full, and not that the query is wrong."""
    # A connection that broke earlier is reported as misuse of the interface.
    return isinstance(error, _AWAY) or (isinstance(error, asyncpg.InterfaceError) and "clos" in str(error))


@asynccontextmanager
async def guard() -> AsyncIterator[None]:
    """Around database work, as `async with guard():` or `@guard()`: a lost server becomes `UnavailableError`.

    The pool replaces broken connections by itself, so the same work may be tried again. A task that was
    cancelled is not told to: the driver reports a cancelled connection attempt as one that failed.
    """
    try:
        yield
    except Exception as error:
        if means_away(error):
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError from error
            raise UnavailableError("database") from error
        raise
