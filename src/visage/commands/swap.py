"""`visage swap`: one video, one face, one result."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from contracts.errors import Failure, Reason, RequestError, error_of
from contracts.settings import Settings
from contracts.states import JobState
from visage.client import Client
from visage.commands import console
from visage.library import id_of_face
from visage.service import service

Report = dict[str, Any]
# By the names of the people who get them: photos, or names or ids of faces of the library.
Casting = Mapping[str, Path]
EVERYBODY = ""


def swap(
    video: Annotated[Path, typer.Argument(help="Video or picture to put the face into.", exists=True)],
    face: Annotated[
        Path | None,
        typer.Argument(
            help="Photo with exactly one face, or a face of your library by its name: for everybody."
        ),
    ] = None,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the result goes.")],
    tier: Annotated[str | None, typer.Option(help="Tariff to run on; your own service only.")] = None,
    engine: Annotated[str | None, typer.Option(help="Engine; the service's default where not given.")] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="PERSON=FACE",
            help="Instead of FACE: who gets which, by names that `visage persons VIDEO` shows; may be repeated. "
            "All others stay as they are.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Put FACE, or those of --map, into VIDEO, through the running service or one started for the occasion."""
    with console.failures(as_json):
        cast = casting(face, mapped or [])
        report = asyncio.run(_swap(Settings(), video, cast, output, tier, engine))
        done = f"{report['output']}  ({report['frames']} frames, {report['faces']} faces)"
        console.show(report, as_json, "\n".join([done, *(note["text"] for note in report["notes"])]))


def casting(face: Path | None, mapped: Sequence[str]) -> Casting:
    """The faces that a command line names.

    Raises:
        RequestError: INVALID where it names none, or both ways.
    """
    if (face is None) == (not mapped):
        raise _invalid("Give either FACE, for everybody, or --map PERSON=FACE for each who gets one.")
    return {EVERYBODY: face} if face else dict(_pair(text) for text in mapped)


def _pair(text: str) -> tuple[str, Path]:
    person, equals, face = text.partition("=")
    if not person or not equals or not face:
        raise _invalid(f'"{text}" names no person and face; --map person-1=photo.jpg would.')
    return person, Path(face)


def _invalid(message: str) -> RequestError:
    return RequestError(Reason.INVALID, message)


async def _swap(
    settings: Settings, video: Path, cast: Casting, output: Path, tier: str | None, engine: str | None
) -> Report:
    async with service(settings, tier) as client:
        return await run_job(client, video, cast, output, engine)


async def run_job(
    client: Client, video: Path, cast: Path | Casting, output: Path, engine: str | None = None
) -> Report:
    """Upload the files, run the job, store its result in `output` and say how it went.

    `cast` is everybody's face, or faces by the people who get them: photos, or faces of the library by name.

    Raises:
        VisageError: as the service refused or failed it.
    """
    began = time.monotonic()
    with Progress(
        TextColumn("{task.description:<12}"), BarColumn(), TextColumn("{task.fields[note]}"),
        DownloadColumn(), TimeRemainingColumn(), console=console.stderr, transient=True,
    ) as bars:  # fmt: skip
        named = {EVERYBODY: cast} if isinstance(cast, Path) else cast
        faces = {who: await _face(client, bars, face) for who, face in named.items()}
        target = await upload(client, bars, video, "target")
    job = await _start(client, target["id"], faces, engine)
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


async def _start(client: Client, target_id: str, faces: Mapping[str, str], engine: str | None) -> Report:
    if EVERYBODY in faces:
        return await client.create_job(target_id, [faces[EVERYBODY]], engine)
    await client.find_persons(target_id)
    return await client.create_job(target_id, [], engine, faces)


async def _face(client: Client, bars: Progress, face: Path) -> str:
    if face.is_file():
        return str((await upload(client, bars, face, "face"))["face_id"])
    return await id_of_face(client, str(face))


async def upload(client: Client, bars: Progress, path: Path, purpose: str) -> Report:
    """Upload a file with a bar of its own."""
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
