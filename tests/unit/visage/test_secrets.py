"""Passwords are made once and are nobody else's to read."""

import stat
from pathlib import Path

from visage.embedded import secrets


def test_secrets_are_made_once(tmp_path: Path) -> None:
    assert secrets.load(tmp_path) == secrets.load(tmp_path)


def test_two_folders_share_no_secret(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = secrets.load(tmp_path / "a"), secrets.load(tmp_path / "b")
    assert first.postgres != second.postgres
    assert not set(first.nats.values()) & set(second.nats.values())


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    folder = secrets.private_folder(tmp_path / "data")
    secrets.load(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600


def test_broker_passwords_read_as_text_in_its_configuration(tmp_path: Path) -> None:
    passwords = secrets.load(tmp_path).nats.values()
    assert all(password.isalnum() and password[0].isalpha() for password in passwords)
