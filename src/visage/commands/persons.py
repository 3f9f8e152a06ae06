"""`visage persons`: who is seen in a video, for `visage swap --map`."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from contracts.settings import Settings
from visage.client import Client
from visage.commands import console
from visage.commands.swap import upload
from visage.service import service


def persons(
    video: Annotated[Path, typer.Argument(help="Video or picture to look for people in.", exists=True)],
    pictures: Annotated[
        Path | None, typer.Option(help="Folder to store a picture of each person in; made if missing.")
    ] = None,
    tier: Annotated[str | None, typer.Option(help="As in `visage swap --tier`.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Who is seen in VIDEO: the names that `visage swap --map` takes."""
    with console.failures(as_json):
        found = asyncio.run(_persons(Settings(), video, pictures, tier))
        console.show(found, as_json, _table(found["persons"]) if found["persons"] else "Nobody was found.")


async def _persons(
    settings: Settings, video: Path, pictures: Path | None, tier: str | None
) -> dict[str, Any]:
    async with service(settings, tier) as client:
        with Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"), DownloadColumn(),
            console=console.stderr, transient=True,
        ) as bars:  # fmt: skip
            target = await upload(client, bars, video, "target")
        found = await client.find_persons(target["id"])
        if pictures is not None:
            await _save(client, target["id"], found, pictures)
        return {"upload_id": target["id"], "persons": found}


async def _save(client: Client, upload_id: str, found: list[dict[str, Any]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for person in found:
        name = person["name"]
        await client.save(f"/uploads/{upload_id}/persons/{name}/thumbnail", folder / f"{name}.jpg")


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table("person", "seen in", "best seen at")
    for person in found:
        table.add_row(person["name"], f"{person['share']:.0%}", f"{person['seconds']:.1f} s")
    return table
