"""Settings as environment variables: an actor is told what to do, and no more secrets than it needs."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from contracts.settings import DatabaseSettings, S3Settings, Settings

PREFIX = "VISAGE_"


@dataclass(frozen=True)
class Needs:
    """What an actor may reach. Its NATS user is the only one whose password it is told."""

    nats_user: str
    database: bool = False
    s3: bool = False


def environment_for(settings: Settings, needs: Needs) -> dict[str, str]:
    """An actor's whole environment: ours without any setting, and `settings` with the secrets it needs."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return outside | variables(restricted(settings, needs))


def restricted(settings: Settings, needs: Needs) -> Settings:
    """`settings` without what the actor does not need, and without what only the command line does."""
    nats = settings.nats
    passwords = {user: password for user, password in nats.passwords.items() if user == needs.nats_user}
    update: dict[str, Any] = {
        "url": None,
        "api_key": None,
        "nats": nats.model_copy(update={"passwords": passwords}),
    }
    if not needs.database:
        update["database"] = DatabaseSettings()
    if not needs.s3:
        update["s3"] = S3Settings()
    return settings.model_copy(update=update)


class Setting(NamedTuple):
    """One setting, as the environment sees it."""

    variable: str
    value: Any
    default: Any
    description: str


def variables(settings: Settings) -> dict[str, str]:
    """Every setting that differs from its default, by the name of its environment variable."""
    return {
        setting.variable: text_of(setting.value)
        for setting in walk(settings)
        if setting.value is not None and setting.value != setting.default
    }


def walk(settings: Settings) -> Iterator[Setting]:
    """Every setting, in the order of the settings module."""
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            for inner, inner_field in type(value).model_fields.items():
                yield _setting(f"{name}_{inner}", getattr(value, inner), inner_field)
        else:
            yield _setting(name, value, field)


def _setting(name: str, value: Any, field: FieldInfo) -> Setting:
    default = field.get_default(call_default_factory=True)
    return Setting(PREFIX + name.upper(), value, default, field.description or "")


def text_of(value: Any) -> str:
    """A value as the environment carries it; secrets are written out."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict | list):
        return json.dumps(value, default=text_of)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
