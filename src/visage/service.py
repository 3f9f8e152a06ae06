"""The service a command speaks to: one named in the environment, the one that runs here, or a new one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from contracts.errors import Reason, RequestError
from contracts.settings import DatabaseSettings, Settings
from visage import operator, runfile
from visage.client import Client
from visage.embedded import secrets, servers
from visage.stack import running


@dataclass(frozen=True)
class _Place:
    """Where a service is, whose key opens it, and its database where it is ours."""

    url: str
    key: str
    database: DatabaseSettings | None


@asynccontextmanager
async def service(
    settings: Settings, tier: str | None = None, *, start: bool = True
) -> AsyncIterator[Client]:
    """A client of the service the settings lead to.

    Args:
        settings: `url` and `api_key` name a service elsewhere; else the one that runs on `data` is taken.
        tier: Speak for an account of this tariff, which only works on a service of one's own.
        start: Whether one is started for the occasion where none runs.

    Raises:
        RequestError: INVALID, for a service elsewhere without a key, or with a tier; CONFLICT, where
            none runs.
    """
    async with _place(settings, start) as place, _key(place, tier) as key, Client(place.url, key) as client:
        yield client


def servers_of(settings: Settings) -> Settings:
    """The settings with the addresses of the servers that run here, embedded or not.

    Raises:
        RequestError: CONFLICT, where the database is neither named nor runs.
    """
    if settings.database.url is not None:
        return settings
    if runfile.read(settings.data) is None:
        raise _none_runs(settings)
    return servers.located(settings)


@asynccontextmanager
async def _place(settings: Settings, start: bool) -> AsyncIterator[_Place]:
    if settings.url is not None:
        yield _elsewhere(settings)
    elif (found := runfile.read(settings.data)) is not None:
        database = servers_of(settings).database
        yield _Place(found.url, secrets.load(settings.data).operator_key or "", database)
    elif start:
        async with running(settings) as stack:
            yield _Place(stack.url, stack.operator_key, stack.settings.database)
    else:
        raise _none_runs(settings)


@asynccontextmanager
async def _key(place: _Place, tier: str | None) -> AsyncIterator[str]:
    if tier is None:
        yield place.key
    elif place.database is None:
        raise RequestError(
            Reason.INVALID, "The tier of a service elsewhere is your account's; leave --tier away."
        )
    else:
        async with operator.key_on(place.database, tier) as key:
            yield key


def _elsewhere(settings: Settings) -> _Place:
    if settings.api_key is None:
        raise RequestError(
            Reason.INVALID, "VISAGE_URL is set: set VISAGE_API_KEY too, to a key made on its page."
        )
    return _Place(settings.url or "", settings.api_key.get_secret_value(), None)


def _none_runs(settings: Settings) -> RequestError:
    return RequestError(
        Reason.CONFLICT,
        f"No service runs on {settings.data}. "
        "Start one with `visage up`, or set VISAGE_URL and VISAGE_API_KEY.",
        data=str(settings.data),
    )
