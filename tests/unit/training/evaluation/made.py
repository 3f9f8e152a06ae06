"""A tiny data set of aligned faces, made of the two portraits that packages carry."""

import csv
import io
import tarfile
from functools import cache
from pathlib import Path

import numpy as np

from faces.align import similarity, warp
from faces.detect import Detector, Picture
from faces.morph import morph
from tests.portraits import astronaut, encoded, hopper
from training.evaluation.squares import TEMPLATE
from training.pack import SIDE

COLUMNS = (
    "shard",
    "name",
    "source",
    "licence_class",
    "identity",
    "split",
    "outside_fraction",
    "valid_quad",
    "gender",
)


@cache
def crop(portrait: str) -> Picture:
    """The aligned crop of a portrait, (160, 160, 3) BGR: of "hopper", "collins", or of both "mixed"."""
    if portrait == "mixed":
        return morph([crop("hopper"), crop("collins")], [1, 1])
    picture = hopper() if portrait == "hopper" else astronaut()
    points = Detector().detect(picture)[0].points
    return warp(picture, similarity(points, TEMPLATE), SIDE)


def darker(picture: Picture) -> Picture:
    """The same face in less light: another photo of the same person."""
    return np.asarray(picture * 0.7, np.uint8)


def make(folder: Path) -> Path:
    """Write the data set: some of its pictures in a shard, some beside the index."""
    photos = {
        "hopper-1": (crop("hopper"), "hopper", "test", "navy", "female"),
        "hopper-2": (darker(crop("hopper")), "hopper", "test", "navy", "female"),
        "collins-1": (crop("collins"), "collins", "test", "nasa", "female"),
        "collins-2": (darker(crop("collins")), "collins", "test", "nasa", "female"),
        "stranger-1": (crop("mixed"), "stranger", "val", "nasa", ""),
        "pupil-1": (crop("mixed"), "pupil", "train", "nasa", ""),
    }
    with tarfile.open(folder / "one.tar", "w") as shard, (folder / "index.csv").open("w") as file:
        index = csv.DictWriter(file, COLUMNS)
        index.writeheader()
        for name, (picture, identity, split, source, gender) in photos.items():
            place = "one.tar" if identity == "hopper" else ""
            _store(folder, shard if place else None, f"{name}.png", encoded(picture))
            row = (place, f"{name}.png", source, "clean", identity, split, "0.0", "", gender)
            index.writerow(dict(zip(COLUMNS, row, strict=True)))
    return folder


def _store(folder: Path, shard: tarfile.TarFile | None, name: str, content: bytes) -> None:
    if shard is None:
        (folder / name).write_bytes(content)
        return
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    shard.addfile(entry, io.BytesIO(content))
