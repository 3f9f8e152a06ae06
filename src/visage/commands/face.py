"""`visage face`: the face library of the account the command line speaks for."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from contracts.errors import Reason, RequestError
from visage.client import Client
from visage.commands import console
from visage.commands.asking import AsJson, ask
from visage.library import face_named, id_of_face

app = typer.Typer(help="The faces of your library.", no_args_is_help=True)

Face = Annotated[str, typer.Argument(help="The face's name or id.")]
Tier = Annotated[str | None, typer.Option(help="As in `visage swap --tier`; your own service only.")]


@app.command("list")
def list_faces(tier: Tier = None, as_json: AsJson = False) -> None:
    """Your faces, newest first."""
    faces: Any = ask(lambda client: client.get("/faces"), as_json, tier)
    table = Table("face", "name", "made of")
    for face in faces:
        table.add_row(face["id"], face["name"], _made_of(face))
    console.show(faces, as_json, table)


@app.command()
def add(
    photos: Annotated[
        list[Path], typer.Argument(help="Photos of one person, one face in each.", exists=True)
    ],
    to: Annotated[str | None, typer.Option(help="A face to add them to; else they make a new one.")] = None,
    tier: Tier = None,
    as_json: AsJson = False,
) -> None:
    """Make a face of photos of one person, or add photos to one: it is the mean of them all."""
    face = ask(lambda client: _add(client, photos, to), as_json, tier)
    console.show(face, as_json, f"{face['id']}  {face['name']}: {_made_of(face)}")


@app.command()
def mix(
    parts: Annotated[
        list[str],
        typer.Argument(metavar="FACE=WEIGHT...", help="Names or ids of faces, and how much of each."),
    ],
    name: Annotated[str, typer.Option(help="Name of the new face.")],
    tier: Tier = None,
    as_json: AsJson = False,
) -> None:
    """Mix a new face from two or more: a person who does not exist."""
    face = ask(lambda client: _mix(client, parts, name), as_json, tier)
    console.show(face, as_json, f"{face['id']}  {face['name']}: {_made_of(face)}")


@app.command()
def remove(face: Face, tier: Tier = None, as_json: AsJson = False) -> None:
    """Remove a face and its photos; faces mixed from it keep their copies, and are named."""
    gone = ask(lambda client: _remove(client, face), as_json, tier)
    kept = ", ".join(one["name"] for one in gone["mixed_into"])
    note = f" Mixed from it, with copies of its photos: {kept}." if kept else ""
    console.show(gone, as_json, f"{gone['name']} is removed.{note}")


async def _add(client: Client, photos: list[Path], to: str | None) -> dict[str, Any]:
    face_id = await id_of_face(client, to) if to else None
    for photo in photos:
        upload = await client.upload(photo, "face", into=face_id)
        face_id = face_id or upload["face_id"]
    return await client.get(f"/faces/{face_id}")


async def _mix(client: Client, parts: list[str], name: str) -> dict[str, Any]:
    pairs = [_pair(text) for text in parts]
    wanted = [{"face_id": await id_of_face(client, face), "weight": weight} for face, weight in pairs]
    return await client.post("/faces/mix", {"name": name, "parts": wanted})


def _pair(text: str) -> tuple[str, float]:
    face, equals, weight = text.rpartition("=")
    try:
        return (face, float(weight)) if equals else (text, 1.0)
    except ValueError as error:
        message = f"{text}: write FACE=WEIGHT, such as Grace=2. Without a weight it is 1."
        raise RequestError(Reason.INVALID, message) from error


async def _remove(client: Client, text: str) -> dict[str, Any]:
    face = await face_named(client, text)
    await client.change("DELETE", f"/faces/{face['id']}")
    return face


def _made_of(face: dict[str, Any]) -> str:
    if face["parts"]:
        return ", ".join(f"{part['name']} {part['weight']:.0%}" for part in face["parts"])
    count = len(face["photos"])
    return f"{count} photos" if count > 1 else "1 photo"
