"""`visage up`: the whole service, until Ctrl-C."""

import asyncio
import itertools
import signal
import sys
from contextlib import suppress
from typing import Annotated

import typer
from rich.text import Text

from contracts.settings import Settings
from visage import logs
from visage.commands import console
from visage.follow import Show, follow
from visage.stack import running

_COLORS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green", "bright_magenta")


def up(
    agents: Annotated[int | None, typer.Option(min=0, help="Agents; the setting where not given.")] = None,
    wait: Annotated[bool, typer.Option(help="Wait until every actor is ready.")] = True,
    quiet: Annotated[bool, typer.Option(help="Do not show what the actors log.")] = False,
) -> None:
    """Start servers and actors, watch over them, and say where the page is."""
    settings = Settings()
    if agents is not None:
        settings = settings.model_copy(update={"stack": settings.stack.model_copy(update={"agents": agents})})
    logs.configure(settings.log_format, settings.log_level, sys.stdout)
    with console.failures(as_json=False), suppress(asyncio.CancelledError):
        asyncio.run(_up(settings, wait, quiet))


async def _up(settings: Settings, wait: bool, quiet: bool) -> None:
    console.stderr.print("Starting servers and actors ...")
    _end_on_signals()
    async with running(settings, wait=wait) as stack:
        console.stdout.print(f"Visage runs at {stack.url} (Ctrl-C stops it)", highlight=False, soft_wrap=True)
        if quiet:
            await asyncio.Event().wait()
        await follow(stack.settings.data / "log", stack.actors, _printer(stack.actors))


def _end_on_signals() -> None:
    """SIGTERM and Ctrl-C cancel the command, which then stops everything in order; only the first counts."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None

    def end() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: None)
        console.stderr.print("Stopping ...")
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)


def _printer(names: list[str]) -> Show:
    """Prints lines with the writer's name in a color of its own."""
    width = max(map(len, names), default=0)
    colors = dict(zip(names, itertools.cycle(_COLORS), strict=False))

    def show(name: str, line: str) -> None:
        console.stdout.print(Text(f"{name:<{width}} ", style=colors[name]) + Text(line), soft_wrap=True)

    return show
