"""`visage actor`: one actor, for supervisors and containers."""

import asyncio
import faulthandler
import gc
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
    run = run_of(name)
    _calm_collector()
    try:
        asyncio.run(run(settings))
    except VisageError as error:
        structlog.get_logger().critical("actor gave up", reason=error.reason, message=error.message)
        raise typer.Exit(1) from error


def _calm_collector() -> None:
    """Leave what was imported out of every later collection, and collect less often.

    A fifth of a busy actor's time went into looking for garbage among its modules; each look at all of them stops
    the loop, on a loaded machine for longer than a lease lives.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
