"""Configuration of the ORM: where the tables are and how connections are made."""

import os
from typing import Any

from tortoise.backends.base.config_generator import expand_db_url

from contracts.settings import DatabaseSettings

CONNECTION = "default"
APP = "models"

_CONNECT_SECONDS = 5
_COMMAND_SECONDS = 60
# A process that stands still inside a transaction keeps others waiting for what it holds, for no longer than this.
_STILL_MILLISECONDS = 10_000


def url_of(settings: DatabaseSettings) -> str:
    """The URL as the ORM and the driver both read it. Raises ValueError where none is set."""
    if settings.url is None:
        raise ValueError("VISAGE_DATABASE_URL is not set")
    return settings.url.get_secret_value().replace("postgresql://", "postgres://", 1)


def orm_config(url: str, pool: int) -> dict[str, Any]:
    """What `Tortoise.init` takes: one pool of at most `pool` connections, times with their zone, in UTC."""
    connection = expand_db_url(url)
    connection["credentials"].update(
        minsize=1,
        maxsize=pool,
        timeout=_CONNECT_SECONDS,
        command_timeout=_COMMAND_SECONDS,
        application_name="visage",
        server_settings={"idle_in_transaction_session_timeout": str(_STILL_MILLISECONDS)},
        reset=_nothing_to_reset,
    )
    return {
        "connections": {CONNECTION: connection},
        "apps": {APP: {"models": ["storage.models", "aerich.models"], "default_connection": CONNECTION}},
        "use_tz": True,
        "timezone": "UTC",
    }


async def _nothing_to_reset(connection: object) -> None:
    """No query of ours changes its session, so one that goes back to the pool needs no round trip to clean it.

    The pool itself ends a transaction that was left open.
    """


def _command_line_config() -> dict[str, Any]:
    url = os.environ.get("VISAGE_DATABASE_URL", "postgres://visage@127.0.0.1:5432/visage")
    return orm_config(url, pool=2)


# Read by the `aerich` command, which knows no settings of ours.
TORTOISE_ORM: dict[str, Any] = _command_line_config()
