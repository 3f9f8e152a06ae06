"""A data set of aligned faces: an index beside a folder of pictures or shards of them."""

import csv
import tarfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from contracts.errors import Reason, WorkError

# Side of a stored face; the network's square is the middle of it, without the margin.
SIDE = 160
MARGIN = 16
# (n, 160, 160, 3), RGB.
Faces = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Row:
    """A face in the index. `outside` is the share of the square that its picture did not cover."""

    shard: str
    name: str
    source: str
    licence_class: str
    identity: str
    split: str
    outside: float
    quad: tuple[float, ...]
    extra: dict[str, str]


@dataclass(frozen=True)
class Pack:
    """Faces and what is known of them."""

    folder: Path
    rows: Sequence[Row]

    def where(self, wanted: Callable[[Row], bool]) -> "Pack":
        """Those of its faces."""
        return Pack(self.folder, [row for row in self.rows if wanted(row)])

    def split(self, name: str) -> "Pack":
        """Those of one split: "train", "val" or "test"."""
        return self.where(lambda row: row.split == name)

    @cached_property
    def faces(self) -> Faces:
        """All faces in the order of the rows. Raises `WorkError` where one is missing or of another size."""
        with ThreadPoolExecutor() as pool:
            return np.stack(list(pool.map(_decoded, self.rows, self._files()))) if self.rows else _NONE

    @cached_property
    def identities(self) -> npt.NDArray[np.int64]:
        """A number for each person, one a row."""
        return np.unique([row.identity for row in self.rows], return_inverse=True)[1].astype(np.int64)

    def _files(self) -> Iterable[bytes]:
        with ExitStack() as open_files:
            shards = {
                name: open_files.enter_context(tarfile.open(self.folder / name))
                for name in {row.shard for row in self.rows}
                if name
            }
            return [_bytes(self.folder, shards, row) for row in self.rows]


_NONE: Faces = np.zeros((0, SIDE, SIDE, 3), np.uint8)


def read(folder: Path) -> Pack:
    """The pack in a folder. Raises `WorkError` where there is no index or it lacks a column."""
    index = folder / "index.csv"
    if not index.is_file():
        raise _bad(
            f"{folder} has no index.csv: a data set is a folder with an index, and pictures or tar shards."
        )
    with index.open(newline="") as file:
        return Pack(folder, [_row(fields) for fields in csv.DictReader(file)])


def covered(row: Row) -> npt.NDArray[np.bool_]:
    """Where the stored square shows the picture and no repeated edge, (160, 160)."""
    if not row.quad:
        return np.ones((SIDE, SIDE), np.bool_)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    corners = np.round(np.array(row.quad).reshape(4, 2)).astype(np.int32)
    return cv2.fillConvexPoly(mask, corners, 1).astype(np.bool_)


def _row(fields: dict[str, str]) -> Row:
    fields = dict(fields)
    try:
        return Row(
            shard=fields.pop("shard", ""),
            name=fields.pop("name"),
            source=fields.pop("source", ""),
            licence_class=fields.pop("licence_class", ""),
            identity=fields.pop("identity"),
            split=fields.pop("split"),
            outside=float(fields.pop("outside_fraction", "") or 0),
            quad=tuple(float(number) for number in fields.pop("valid_quad", "").split()),
            extra=fields,
        )
    except KeyError as missing:
        raise _bad(f"index.csv has no column {missing}; name, identity and split are needed.") from None


def _bytes(folder: Path, shards: dict[str, tarfile.TarFile], row: Row) -> bytes:
    try:
        if not row.shard:
            return (folder / row.name).read_bytes()
        member = shards[row.shard].extractfile(row.name)
        return member.read() if member else b""
    except (KeyError, OSError):
        raise _bad(f"{row.shard or folder} has no {row.name}, which index.csv names.") from None


def _decoded(row: Row, file: bytes) -> Faces:
    picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR) if file else None
    if picture is None or picture.shape != (SIDE, SIDE, 3):
        raise _bad(f"{row.name} is no picture of {SIDE} x {SIDE} pixels.")
    return np.ascontiguousarray(picture[:, :, ::-1])


def _bad(message: str) -> WorkError:
    return WorkError(Reason.BAD_FACES, message, retryable=False)
