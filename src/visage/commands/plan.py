"""`visage plan`: how a file would be cut, and how little of it has to be read for that."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import sandbox
from contracts.errors import MediaError, Reason
from contracts.media import Plan
from contracts.settings import Settings
from media.jobs import PlanRequest
from storage.s3 import open_store
from visage.commands import console
from visage.service import servers_of

OBJECT = "s3:"
URL_SECONDS = 600


def plan(
    file: Annotated[str, typer.Argument(help="Path, http(s) URL, or `s3:KEY` for an object of the service.")],
    segment_seconds: Annotated[float | None, typer.Option(help="Length a segment aims at.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Cut FILE into segments as the scheduler does, and count the bytes read."""
    settings = Settings()
    seconds = segment_seconds or settings.scheduler.segment_seconds
    with console.failures(as_json):
        made = asyncio.run(_plan(settings, file, seconds))
        console.show(made.model_dump(mode="json"), as_json, _table(made))


async def _plan(settings: Settings, file: str, seconds: float) -> Plan:
    request = PlanRequest(url=await _address(settings, file), segment_seconds=seconds, every_frame=False)
    return await sandbox.run("media.jobs:plan", request, Plan, limits=settings.sandbox)


async def _address(settings: Settings, file: str) -> str:
    """A path or URL that a worker without secrets can open."""
    if file.startswith(OBJECT):
        async with open_store(servers_of(settings).s3) as store:
            return await store.presigned_get(file.removeprefix(OBJECT), URL_SECONDS)
    if file.startswith(("http://", "https://")):
        return file
    if not Path(file).is_file():
        raise MediaError(Reason.OBJECT_MISSING, f"There is no file {file}.")
    return str(Path(file).resolve())


def _table(made: Plan) -> Table:
    table = Table("segment", "start", "end", "seconds", "frames", title=f"{made.bytes_read:,} bytes read")
    for segment in made.segments:
        table.add_row(
            str(segment.index), str(segment.start_pts), str(segment.end_pts), f"{segment.seconds:.3f}",
            "" if segment.frames is None else str(segment.frames),
        )  # fmt: skip
    return table
