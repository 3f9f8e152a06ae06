"""`visage evaluate`: how well an engine swaps faces of people whom no training has seen."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from contracts.engines import needs_weights
from contracts.errors import Reason, RequestError
from contracts.settings import Settings
from contracts.weights import GENERATOR, IDENTITY
from gpu_agent import engines
from gpu_agent.engines.base import Engine
from training import pack
from training.evaluation import run, trial
from training.evaluation import sheet as contact_sheet
from training.evaluation.album import Eyes
from training.evaluation.intervals import differences
from training.evaluation.outside import Dlib
from training.evaluation.report import Beside, Report
from training.evaluation.run import Outcome
from training.evaluation.trial import Plan, Trial
from visage import weights as imported
from visage.commands import console
from visage.commands.asking import AsJson

_ROLES = (GENERATOR, IDENTITY)


@dataclass(frozen=True)
class _Other:
    engine: Engine
    weights: str | None


def evaluate(
    engine: Annotated[str, typer.Option(help='As jobs name it, such as "paste" or "simswap:NAME".')],
    data: Annotated[Path, typer.Option(help="Folder with index.csv, and pictures or tar shards.")],
    split: Annotated[str, typer.Option(help="Of the data set: people whom no training has seen.")] = "test",
    limit: Annotated[int, typer.Option(min=2, help="Pairs that are swapped.")] = 400,
    seed: Annotated[int, typer.Option(help="Of the pairing, which is the same for every engine.")] = 1,
    sets: Annotated[list[str] | None, typer.Option("--set", help="Only this source of the data set.")] = None,
    beside: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ENGINE[=FILE]", help="Another, or the same with another generator, on the same pairs."
        ),
    ] = None,
    tight: Annotated[
        bool, typer.Option("--tight", "--utk", help="Photos with much repeated edge too, by themselves.")
    ] = False,
    sheet: Annotated[Path | None, typer.Option(help="Draw pairs from worst to best into this PNG.")] = None,
    device: Annotated[str, typer.Option(help='"cpu", "cuda", "cuda:1".')] = "cpu",
    weights: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE=FILE", help="A safetensors file for --engine; else what the service has."),
    ] = None,
    without_outside: Annotated[
        bool, typer.Option("--without-outside", help="Go on without dlib, which no training has seen.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Swap faces of held-out people, and measure: likeness, retrieval, pose, reconstruction, sharpness, speed.

    For scale, the figures of no swap at all and of the source itself stand beside; --beside paste adds the stand-in.
    """
    with console.failures(as_json):
        eyes = Eyes(None if without_outside else Dlib())
        plan = Plan(split=split, pairs=limit, seed=seed, sets=tuple(sets or ()))
        ready = _engine(engine, device, _files(weights or []))
        others = [_other(one, device) for one in beside or []]
        report = _evaluated(ready, others, pack.read(data), plan, eyes, tight, sheet)
        console.show(report.model_dump(mode="json"), as_json, _table(report))


def _evaluated(
    engine: Engine,
    others: list[_Other],
    faces: pack.Pack,
    plan: Plan,
    eyes: Eyes,
    tight: bool,
    sheet: Path | None,
) -> Report:
    ground = trial.prepare(faces, plan, eyes, _say)
    narrow = trial.prepare(faces, replace(plan, tight=True), eyes, _say) if tight else None
    outcome = run.evaluate(engine, ground, eyes, _say)
    if sheet is not None:
        contact_sheet.write(sheet, ground, outcome)
    return Report(
        **dict(outcome.part),
        data=str(faces.folder),
        split=plan.split,
        seed=plan.seed,
        sets=sorted({ground.rows[face].source for face in (*ground.sources, *ground.targets)}),
        tight=run.evaluate(engine, narrow, eyes, _say).part if narrow else None,
        beside=[_beside(outcome, other, ground, eyes) for other in others],
    )


def _beside(first: Outcome, other: _Other, ground: Trial, eyes: Eyes) -> Beside:
    second = run.evaluate(other.engine, ground, eyes, _say)
    return Beside(
        **dict(second.part),
        weights=other.weights,
        differences=differences(first.values, second.values, ground),
    )


def _other(given: str, device: str) -> _Other:
    name, names_file, path = given.partition("=")
    files = _files([f"{GENERATOR}={path}"]) if names_file else {}
    return _Other(_engine(name, device, files), path or None)


def _engine(name: str, device: str, files: Mapping[str, Path]) -> Engine:
    if files or not needs_weights(name):
        return engines.create(name, device, files)
    return asyncio.run(_with_imported(name, device))


async def _with_imported(name: str, device: str) -> Engine:
    async with imported.at_hand(Settings(), name) as files:
        return engines.create(name, device, files)


def _files(given: list[str]) -> dict[str, Path]:
    files = {}
    for one in given:
        role, _, path = one.partition("=")
        if role not in _ROLES or not Path(path).is_file():
            message = (
                f'"{one}" names no weights: {" or ".join(_ROLES)}, "=" and a file that is there would pass.'
            )
            raise RequestError(Reason.INVALID, message)
        files[role] = Path(path)
    return files


def _say(what: str) -> None:
    console.stderr.print(escape(what), highlight=False)


def _table(report: Report) -> Table:
    table = Table("figure", "value", show_header=False)
    for name, value in _rows(report.model_dump(mode="json")):
        table.add_row(escape(name), escape("-" if value is None else str(value)))
    return table


def _rows(part: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure by its path in the JSON."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if _is_list_of_parts(part) else None
    if inner is None:
        yield name, part
        return
    for key, value in inner:
        yield from _rows(value, f"{name}.{key}".lstrip("."))


def _is_list_of_parts(part: Any) -> bool:
    return isinstance(part, list) and any(isinstance(one, dict) for one in part)
