"""Small data sets of aligned faces, made of portraits that packages carry."""

import csv
import io
import tarfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from faces.align import ARCFACE_112, similarity, warp
from faces.detect import Detector, Picture
from tests.portraits import astronaut, hopper
from training.pack import MARGIN, SIDE

COLUMNS = ("shard", "name", "source", "licence_class", "identity", "split", "outside_fraction", "valid_quad")
Row = Mapping[str, str]


@cache
def faces() -> tuple[Picture, Picture]:
    """Two people (BGR), aligned as data sets have them."""
    template = ARCFACE_112 * ((SIDE - 2 * MARGIN) / 112) + MARGIN
    found = [(one, Detector().detect(one)[0].points) for one in (astronaut(), hopper())]
    first, second = (warp(picture, similarity(points, template), SIDE) for picture, points in found)
    return first, second


def row(name: str, identity: str, split: str = "train", **more: str) -> Row:
    """A row of an index."""
    return {"name": name, "identity": identity, "split": split, "licence_class": "clean", **more}


def write(folder: Path, entries: Iterable[tuple[Row, Picture]]) -> Path:
    """A data set in the folder: its index, and pictures in the shards that rows name or beside the index."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for entry, picture in entries:
        rows.append(entry)
        _put(folder, entry, cv2.imencode(".png", picture)[1].tobytes())
    with (folder / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder


def small(folder: Path) -> Path:
    """Two people, some photos of each in two splits: one still, the others in other light."""
    light = np.random.default_rng(1).uniform(0.7, 1.1, 6)
    people = [(f"{name}{at}", name, at) for at in range(3) for name in ("a", "b")]
    return write(
        folder,
        [
            (
                row(f"{file}.png", person, "train" if at < 2 else "val", shard="one.tar" if at else ""),
                np.clip(faces()[person == "b"] * gain, 0, 255).astype(np.uint8),
            )
            for (file, person, at), gain in zip(people, light, strict=True)
        ],
    )


def _put(folder: Path, entry: Row, file: bytes) -> None:
    if not entry.get("shard"):
        (folder / entry["name"]).write_bytes(file)
        return
    with tarfile.open(folder / entry["shard"], "a") as shard:
        member = tarfile.TarInfo(entry["name"])
        member.size = len(file)
        shard.addfile(member, io.BytesIO(file))
