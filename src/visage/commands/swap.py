"""`visage swap`: one video, one face, one result."""

import asyncio
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from contracts.errors import Failure, error_of
from contracts.settings import Settings
from contracts.states import JobState
from visage.client import Client
from visage.commands import console
from visage.service import service

Report = dict[str, Any]


def swap(
    video: Annotated[Path, typer.Argument(help="Video or picture to put the face into.", exists=True)],
    face: Annotated[Path, typer.Argument(help="Photo with exactly one face.", exists=True)],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the result goes.")],
    tier: Annotated[str | None, typer.Option(help="Tariff to run on; your own service only.")] = None,
    engine: Annotated[str | None, typer.Option(help="Engine; the service's default where not given.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Put FACE into VIDEO, through the running service or one that is started for the occasion."""
    with console.failures(as_json):
        report = asyncio.run(_swap(Settings(), video, face, output, tier, engine))
        done = f"{report['output']}  ({report['frames']} frames, {report['faces']} faces)"
        console.show(report, as_json, "\n".join([done, *(note["text"] for note in report["notes"])]))


async def _swap(
    settings: Settings, video: Path, face: Path, output: Path, tier: str | None, engine: str | None
) -> Report:
    async with service(settings, tier) as client:
        return await run_job(client, video, face, output, engine)


async def run_job(client: Client, video: Path, face: Path, output: Path, engine: str | None = None) -> Report:
    """Upload both files, run the job, store its result in `output` and say how it went.

    Raises:
        VisageError: as the service refused or failed it.
    """
    began = time.monotonic()
    with Progress(
        TextColumn("{task.description:<12}"), BarColumn(), TextColumn("{task.fields[note]}"),
        DownloadColumn(), TimeRemainingColumn(), console=console.stderr, transient=True,
    ) as bars:  # fmt: skip
        photo = await _upload(client, bars, face, "face")
        target = await _upload(client, bars, video, "target")
    job = await client.create_job(target["id"], [photo["face_id"]], engine)
    job = await _follow(client, job["id"])
    if job["state"] != JobState.DONE:
        raise error_of(Failure.model_validate(job["failure"] or _stopped(job)))
    await client.download(job["id"], output)
    return {
        "job_id": job["id"],
        "state": job["state"],
        "engine": job["engine"],
        "frames": job["frames"],
        "faces": job["faces"],
        "segments": job["progress"]["segments_total"],
        "notes": job["notes"],
        "seconds": round(time.monotonic() - began, 2),
        "output": str(output),
    }


async def _upload(client: Client, bars: Progress, path: Path, purpose: str) -> Report:
    bar = bars.add_task("upload", total=path.stat().st_size, note=path.name)
    return await client.upload(path, purpose, lambda count: bars.advance(bar, count))


async def _follow(client: Client, job_id: str) -> Report:
    with Progress(
        TextColumn("{task.description:<12}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[note]}"), console=console.stderr, transient=True,
    ) as bars:  # fmt: skip
        bar = bars.add_task("queued", total=100, note="")
        async for progress in client.watch(job_id):
            total = progress["frames_total"] or "?"
            bars.update(
                bar,
                description=progress["state"],
                completed=progress["percent"],
                note=f"{progress['frames_done']} of {total} frames",
            )
    return await client.get(f"/jobs/{job_id}")


def _stopped(job: Report) -> Report:
    return {"reason": "cancelled", "message": f"The job was {job['state']}."}
