"""`visage weights`: what the engine SimSwap runs with, imported by whoever runs the service."""

import asyncio
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Column, Table

from contracts import packaged
from contracts.engines import LONGEST_WEIGHTS_NAME, SIMSWAP, with_generator
from contracts.errors import Reason, RequestError, WeightsError
from contracts.settings import Settings
from contracts.weights import GENERATOR, NON_COMMERCIAL
from gpu_agent.weights.fitting import MEANING
from gpu_agent.weights.layouts import families_known
from storage.models import Weights
from visage import weights
from visage.commands import console
from visage.commands.asking import AsJson
from visage.weights import Import

app = typer.Typer(help="Weights of the engine simswap, of the service you run.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name they were imported under.")]

_NAME = re.compile(rf"[a-z0-9][a-z0-9.-]{{0,{LONGEST_WEIGHTS_NAME - 1}}}")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="What torch.save or safetensors wrote.")],
    family: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(families_known())}; where names cannot tell.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="How jobs name it. Defaults to the family.")] = None,
    license_note: Annotated[
        str | None, typer.Option("--license", help="On what ground you may use it; kept with it.")
    ] = None,
    commercial: Annotated[
        bool, typer.Option("--commercial", help="A business may use it; --license says why.")
    ] = False,
    default: Annotated[bool, typer.Option("--default", help="Take it where a job names no weights.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import a file of weights: its code is not run, its tensors are checked one by one."""
    with console.failures(as_json):
        _check(file, family, name, license_note, commercial)
        wanted = Import(file, family, name, commercial, license_note or NON_COMMERCIAL, default)
        row = _imported(wanted, asks=not as_json and sys.stdin.isatty())
        console.show(_report(row), as_json, _said(row))


@app.command("list")
def list_weights(as_json: AsJson = False) -> None:
    """What is imported, and on what ground it may be used."""
    with console.failures(as_json):
        rows = asyncio.run(weights.listed(Settings()))
    kept = [Column(title, no_wrap=True) for title in ("engine", "family", "default", "business", "MB")]
    table = Table(*kept, "license")
    for row in rows:
        engine = with_generator(SIMSWAP, row.name) if row.role == GENERATOR else row.name
        marks = ["yes" if mark else "no" for mark in (row.is_default, row.commercial)]
        table.add_row(engine, row.family, *marks, f"{row.size / 1e6:.0f}", row.license)
    shown = Group(table if rows else _nothing(), *packaged_lines())
    console.show([_report(row) for row in rows], as_json, shown)


@app.command()
def verify(
    name: Annotated[str | None, typer.Argument(help="Leave it away for all.")] = None, as_json: AsJson = False
) -> None:
    """Read what is stored, and compare it with what was imported: every byte, every tensor."""
    with console.failures(as_json):
        faults = asyncio.run(weights.verified(Settings(), name))
    table = Table("weights", "state")
    for known, fault in faults.items():
        table.add_row(known, "sound" if fault is None else fault.message)
    report = [
        {"name": known, "sound": fault is None, "failure": fault and fault.failure.model_dump(mode="json")}
        for known, fault in faults.items()
    ]
    console.show(report, as_json, table if faults else _nothing())
    if any(faults.values()):
        raise typer.Exit(1)


@app.command()
def remove(name: Name, as_json: AsJson = False) -> None:
    """Remove weights that no unfinished job needs."""
    with console.failures(as_json):
        asyncio.run(weights.remove(Settings(), name))
        console.show({"name": name, "removed": True}, as_json, f"{name}: removed")


def _check(file: Path, family: str | None, name: str | None, note: str | None, commercial: bool) -> None:
    if not file.is_file():
        raise RequestError(Reason.INVALID, f"There is no file {file}.")
    if family is not None and family not in families_known():
        raise RequestError(
            Reason.INVALID, f"There is no family {family}; there are {', '.join(families_known())}."
        )
    if name is not None and not _NAME.fullmatch(name):
        allowed = f"a to z, 0 to 9, dots and dashes, at most {LONGEST_WEIGHTS_NAME}"
        raise RequestError(Reason.INVALID, f'"{name}" cannot be a name: {allowed} characters would pass.')
    if commercial and not (note or "").strip():
        raise RequestError(Reason.INVALID, "With --commercial, say by --license on what ground.")


def _imported(wanted: Import, *, asks: bool) -> Weights:
    try:
        return asyncio.run(weights.import_weights(Settings(), wanted))
    except WeightsError as error:
        if error.reason is not Reason.WEIGHTS_UNCLEAR or not asks:
            raise
        families = error.detail["families"]
    for family in families:
        console.stderr.print(f"{family}: {MEANING[family]}")
    told = typer.prompt("Which family is it?", err=True).strip()
    if told not in families:
        raise RequestError(Reason.INVALID, f"{told} is none of {', '.join(families)}.")
    return asyncio.run(weights.import_weights(Settings(), replace(wanted, family=told)))


def _report(row: Weights) -> dict[str, Any]:
    names = (
        *("name", "role", "family", "is_default", "sha256", "size", "parameters"),
        *("source", "source_sha256", "commercial", "license", "created_at"),
    )
    return {name: getattr(row, name) for name in names}


def _said(row: Weights) -> str:
    use = "Business use is allowed" if row.commercial else "No business may use them"
    head = f"{row.name}: {row.role} of the family {row.family}, {row.parameters:,} numbers"
    return f"{head}\nsha256 {row.sha256}\n{use}: {row.license}"


def packaged_lines() -> Iterator[str]:
    """What is said of each engine whose weights need no import."""
    for engine in packaged.engines():
        found = packaged.packaged(engine)
        limited = found is not None and not found.for_business
        yield f"The engine {engine} comes with Visage. {packaged.FOR_RESEARCH if limited else 'A business may use it.'}"


def _nothing() -> str:
    return "No weights are imported."
