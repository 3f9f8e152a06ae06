"""`visage probe`: what a file is."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import sandbox
from contracts.media import MediaInfo
from contracts.settings import Settings
from media.jobs import ProbeRequest
from visage.commands import console


def probe(
    file: Annotated[Path, typer.Argument(help="Video or picture.", exists=True, dir_okay=False)],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Examine FILE as the service examines an upload."""
    request = ProbeRequest(url=str(file.resolve()))
    with console.failures(as_json):
        found = asyncio.run(sandbox.run("media.jobs:probe", request, MediaInfo, limits=Settings().sandbox))
        console.show(found.model_dump(mode="json"), as_json, _table(found))


def _table(found: MediaInfo) -> Table:
    table = Table("field", "value", show_header=False)
    facts = found.model_dump(mode="json", exclude={"video", "audio"})
    video = {f"video.{name}": value for name, value in found.video.model_dump(mode="json").items()}
    for name, value in (facts | video).items():
        table.add_row(name, str(value))
    for number, audio in enumerate(found.audio):
        table.add_row(f"audio {number}", f"{audio.codec}, {audio.sample_rate} Hz, {audio.channels} channels")
    return table
