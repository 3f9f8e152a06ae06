"""`visage quality`: how good a swap is, measured on files."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import sandbox
from contracts.media import MediaInfo
from contracts.quality import QualityReport
from contracts.settings import SandboxSettings, Settings
from media.jobs import ProbeRequest
from merger.judging import JudgedPhoto, JudgeRequest
from visage.commands import console


def quality(
    original: Annotated[
        Path, typer.Argument(help="Video or picture as it was.", exists=True, dir_okay=False)
    ],
    result: Annotated[Path, typer.Argument(help="The same with swapped faces.", exists=True, dir_okay=False)],
    faces: Annotated[
        list[Path], typer.Argument(metavar="FACE...", help="Photo of each face put in.", exists=True)
    ],
    windows: Annotated[int, typer.Option(help="So many stretches are looked at.", min=1)] = 12,
    frames: Annotated[int, typer.Option(help="Consecutive frames of each stretch.", min=1)] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Compare RESULT with ORIGINAL frame by frame: identity, frames missed, pose, flicker, sharpness, background."""
    with console.failures(as_json):
        report = asyncio.run(_judged(Settings().sandbox, original, result, faces, windows, frames))
        console.show(report.model_dump(mode="json"), as_json, _table(report))


async def _judged(
    limits: SandboxSettings, original: Path, result: Path, faces: list[Path], windows: int, frames: int
) -> QualityReport:
    before, after = [
        await sandbox.run("media.jobs:probe", ProbeRequest(url=str(file.resolve())), MediaInfo, limits=limits)
        for file in (original, result)
    ]
    request = JudgeRequest(
        original=str(original.resolve()),
        result=str(result.resolve()),
        faces=[[JudgedPhoto(url=str(face.resolve()))] for face in faces],
        windows=windows,
        frames=frames,
        deinterlaced=before.video.interlaced and not after.video.interlaced,
    )
    return await sandbox.run("merger.judging:judge", request, QualityReport, limits=_patient(limits))


def _patient(limits: SandboxSettings) -> SandboxSettings:
    """Whoever asks for it here waits for it: no limit on time that a person would not set."""
    day = 86400
    return limits.model_copy(
        update={"cpu_seconds": day, "wall_seconds": float(day), "memory_mb": max(limits.memory_mb, 4096)}
    )


def _table(report: QualityReport) -> Table:
    table = Table("measure", "value", show_header=False)
    for name, part in report.model_dump(mode="json").items():
        rows = part.items() if isinstance(part, dict) else [("", part)]
        for inner, value in rows:
            shown = "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
            table.add_row(f"{name}.{inner}".rstrip("."), shown)
    return table
