"""What every embedded server has in common."""

import os
import sysconfig
from abc import ABC, abstractmethod
from pathlib import Path

from visage.embedded.process import Program


class Server(ABC):
    """One server: what to prepare, how to start it, how to see that it serves."""

    name: str
    grace: float = 5.0  # seconds between the stop signal and SIGKILL

    def prepare(self) -> None:  # noqa: B027 - most servers need no preparation
        """Make files ready before each start; may clean up after a crash. Blocks."""

    @abstractmethod
    def program(self) -> Program:
        """How to start it now."""

    @abstractmethod
    async def check(self) -> None:
        """Ask the server to do something small; raise any exception while it cannot."""


def installed(executable: str) -> Path:
    """Path of an executable that a package put beside Python.

    Raises:
        FileNotFoundError: It is not installed.
    """
    path = Path(sysconfig.get_path("scripts")) / executable
    if not path.exists():
        raise FileNotFoundError(f"{executable} is not installed beside Python; run `make setup`")
    return path


def bare_environment() -> dict[str, str]:
    """The environment a server needs: no secret, no setting of ours."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"}
