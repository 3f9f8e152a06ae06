"""The command line. A command's module is imported when the command is used, so that actors start fast."""

import importlib
import sys
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperGroup

from visage import logs

COMMANDS = {
    "demo": "visage.commands.demo:demo",
    "up": "visage.commands.up:up",
    "swap": "visage.commands.swap:swap",
    "persons": "visage.commands.persons:persons",
    "face": "visage.commands.face:app",
    "job": "visage.commands.job:app",
    "user": "visage.commands.user:app",
    "weights": "visage.commands.weights:app",
    "tier": "visage.commands.tier:app",
    "queue": "visage.commands.queue:queue",
    "pause": "visage.commands.pause:pause",
    "resume": "visage.commands.pause:resume",
    "probe": "visage.commands.probe:probe",
    "plan": "visage.commands.plan:plan",
    "quality": "visage.commands.quality:quality",
    "train": "visage.commands.train:train",
    "export": "visage.commands.export:export",
    "evaluate": "visage.commands.evaluate:evaluate",
    "doctor": "visage.commands.doctor:doctor",
    "settings": "visage.commands.settings:settings",
    "actor": "visage.commands.actor:actor",
}


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are asked for.

    Typer keeps the types of contexts and commands to itself, hence `Any`.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported now; None if there is none of that name."""
        return command_of(cmd_name) if cmd_name in COMMANDS else None


def command_of(name: str) -> Any:
    """Import the command `name`."""
    module, attribute = COMMANDS[name].split(":")
    found: typer.Typer | Callable[..., None] = getattr(importlib.import_module(module), attribute)
    app = found if isinstance(found, typer.Typer) else _app_of(found)
    command = typer.main.get_command(app)
    command.name = name
    return command


def _app_of(function: Callable[..., None]) -> typer.Typer:
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return app


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def visage() -> None:
    """Visage: a face-swap service, fair to every user, exact to every frame."""
    # Standard output is for results. Commands that run the service speak up for themselves.
    logs.configure("console", "warning", sys.stderr)


def main() -> None:
    """Entry point of `visage` and of `python -m visage`."""
    app()
