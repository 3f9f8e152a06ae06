"""`visage actor`: one actor, for supervisors and containers."""

import asyncio
import faulthandler
import sys
from typing import Annotated

import structlog
import typer

from contracts.errors import VisageError
from contracts.settings import Settings
from visage import logs
from visage.actors import ACTORS, run_of


def actor(name: Annotated[str, typer.Argument(help=f"One of {', '.join(ACTORS)}.")]) -> None:
    """Run one actor with the settings of the environment, until SIGTERM."""
    if name not in ACTORS:
        raise typer.BadParameter(f"There is no actor {name}; there are {', '.join(ACTORS)}.")
    faulthandler.enable()
    settings = Settings()
    logs.configure(settings.log_format, settings.log_level, sys.stdout, actor=name)
    try:
        asyncio.run(run_of(name)(settings))
    except VisageError as error:
        structlog.get_logger().critical("actor gave up", reason=error.reason, message=error.message)
        raise typer.Exit(1) from error
