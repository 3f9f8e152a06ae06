"""Passwords of the embedded servers, made once per data folder."""

import os
import secrets
from pathlib import Path

from pydantic import BaseModel, Field

NATS_USERS = ("gateway", "scheduler", "agent", "merger", "webhooks", "relay", "provision")


def _password() -> str:
    """A letter, then letters and digits: nats.conf would read anything else as a number or a block."""
    return "v" + secrets.token_hex(20)


class Secrets(BaseModel):
    """What `secrets.json` holds. Readable by its owner only.

    Attributes:
        nats: Password of every user of `nats.conf`.
        postgres: Password of the database's superuser.
        s3_access_key: The object store's key.
        s3_secret_key: The object store's secret.
        operator_key: API key of operator@localhost, once it is made.
    """

    nats: dict[str, str] = Field(default_factory=lambda: {user: _password() for user in NATS_USERS})
    postgres: str = Field(default_factory=_password)
    s3_access_key: str = Field(default_factory=lambda: secrets.token_hex(10))
    s3_secret_key: str = Field(default_factory=_password)
    operator_key: str | None = None


def load(data: Path) -> Secrets:
    """The secrets of the folder `data`, made at the first call."""
    path = data / "secrets.json"
    if path.exists():
        return Secrets.model_validate_json(path.read_bytes())
    fresh = Secrets()
    save(data, fresh)
    return fresh


def save(data: Path, known: Secrets) -> None:
    """Write `secrets.json` so that it is always whole and never readable by others."""
    write_private(data / "secrets.json", known.model_dump_json(indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replace `path` in one step by a file of mode 0600."""
    unfinished = path.with_suffix(f".{os.getpid()}.partial")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def private_folder(path: Path) -> Path:
    """`path` as a folder of mode 0700, made if missing."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path
