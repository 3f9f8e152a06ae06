"""`visage pause` and `visage resume`: maintenance."""

from typing import Annotated

import typer

from contracts.tiers import EVERYTHING
from visage.commands import console
from visage.commands.asking import AsJson, ask

Scope = Annotated[str, typer.Argument(help="A tier, or everything.")]


def pause(
    scope: Scope = EVERYTHING,
    note: Annotated[str, typer.Option(help="What users are told.")] = "",
    as_json: AsJson = False,
) -> None:
    """Start nothing new: what runs goes on to its end, and jobs may still be submitted."""
    made = ask(lambda client: client.change("PUT", f"/admin/pauses/{scope}", {"note": note}), as_json)
    console.show(made, as_json, f"{scope}: paused")


def resume(scope: Scope = EVERYTHING, as_json: AsJson = False) -> None:
    """End a pause; work goes on at once."""
    ask(lambda client: client.change("DELETE", f"/admin/pauses/{scope}"), as_json)
    console.show({"scope": scope, "paused": False}, as_json, f"{scope}: goes on")
