"""`visage settings`: every setting, its value, its default, what it is for."""

import json
from typing import Annotated, Any

import typer
from pydantic_core import to_jsonable_python
from rich.table import Table
from rich.text import Text

from contracts.settings import Settings
from visage.commands import console
from visage.environment import Setting, walk


def settings(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List every setting with the environment variable that sets it. Secrets are masked."""
    found = list(walk(Settings()))
    report = {setting.variable: _report(setting) for setting in found}
    console.show(report, as_json, _table(found))


def _report(setting: Setting) -> dict[str, Any]:
    return {
        "value": to_jsonable_python(setting.value),
        "default": to_jsonable_python(setting.default),
        "description": setting.description,
    }


def _table(found: list[Setting]) -> Table:
    table = Table(box=None, header_style="bold")
    for title in ("variable", "value", "description"):
        table.add_column(title, overflow="fold")
    for setting in found:
        value = "" if setting.value is None else json.dumps(to_jsonable_python(setting.value))
        style = "bold" if setting.value != setting.default else ""
        table.add_row(setting.variable, Text(value, style), Text(setting.description))
    return table
