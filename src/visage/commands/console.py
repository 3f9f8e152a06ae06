"""What commands share when they speak: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from contracts.errors import VisageError

stdout = Console()
stderr = Console(stderr=True)


@contextmanager
def failures(as_json: bool) -> Iterator[None]:
    """End the command with status 1 and the failure in words, or as one JSON object."""
    try:
        yield
    except VisageError as error:
        if as_json:
            sys.stdout.write(error.failure.model_dump_json() + "\n")
        stderr.print(f"[red]{error.reason}[/red]: {escape(error.message)}", soft_wrap=True, highlight=False)
        raise typer.Exit(1) from error


def show(report: Any, as_json: bool, text: Any) -> None:
    """Print `report` as one JSON object, or `text` for a person."""
    if as_json:
        sys.stdout.write(json.dumps(report, default=str) + "\n")
    else:
        stdout.print(text, soft_wrap=isinstance(text, str))
