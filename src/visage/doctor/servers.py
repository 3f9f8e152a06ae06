"""The embedded servers' programs, and the browser for tests."""

import shutil
import subprocess

from visage.doctor.finding import Finding, tried
from visage.embedded.postgres_files import Account, installation
from visage.embedded.server import installed

_SECONDS = 10


def servers() -> list[Finding]:
    """nats-server, PostgreSQL, SeaweedFS; Chromium."""
    remedy = "run `make setup`, or name a server of your own: see `visage settings`"
    return [
        tried("servers", "nats-server", lambda: _says(str(installed("nats-server")), "--version"), remedy),
        tried("servers", "postgres", _postgres, remedy),
        tried("servers", "seaweedfs", lambda: _says(str(installed("weed")), "version"), remedy),
        tried("tests", "chromium", _chromium, "apt-get install chromium; only tests need it", needed=False),
    ]


def _postgres() -> str:
    return _says(str(installation(Account()) / "bin" / "postgres"), "-V")


def _says(*argv: str) -> str:
    """First line that a program prints."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=_SECONDS, check=True)
    return (done.stdout or done.stderr).splitlines()[0].strip()


def _chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        raise FileNotFoundError("not installed")
    return _says(found, "--version")
