"""Files that torch.save wrote: zip archives, and the format before them (until version 1.5).

zip        NAME/data.pkl, a pickle that refers to storages; NAME/data/KEY, their bytes; NAME/byteorder
before     five pickles (a magic number, a version, the machine, the content, the storages' keys), then for each storage
           the count of its numbers (8 bytes, little-endian) and its bytes

Both are told by torch/serialization.py. Bytes of storages are not copied: the file is mapped into memory.
"""

import mmap
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from gpu_agent.weights.pickles import Unpickler, nothing_refers
from gpu_agent.weights.stored import Array, Storage, UnreadableError, Window

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_PICKLE_BYTES = 64 * 2**20  # of names and sizes; the largest known is 0.5 MB


@dataclass(frozen=True, slots=True)
class Place:
    """Where a storage lies in its file; `checksum` is CRC-32 of its bytes, if the file tells it."""

    start: int
    size: int
    checksum: int | None = None


@dataclass
class TorchFile:
    """An open file: `content` is what was saved, with windows instead of tensors."""

    content: Any
    mapped: mmap.mmap
    places: Mapping[str, Place]
    _intact: set[str] = field(default_factory=set)

    def read(self, window: Window) -> Array:
        """The numbers of a tensor. Raises `UnreadableError` where the file does not hold them as they were written."""
        storage = window.checked().storage
        place, size = self.places.get(storage.key), storage.count * storage.item_bytes
        begin = storage.start * storage.item_bytes
        if place is None or begin + size > place.size or place.start + place.size > len(self.mapped):
            raise UnreadableError("its bytes are not all in the file")
        with memoryview(self.mapped) as whole:
            self._check(storage.key, whole[place.start : place.start + place.size], place.checksum)
            return window.of(whole[place.start + begin : place.start + begin + size])

    def _check(self, key: str, raw: memoryview, checksum: int | None) -> None:
        if checksum is not None and key not in self._intact and zlib.crc32(raw) != checksum:
            raise UnreadableError("its bytes are not those that were written: the checksum differs")
        self._intact.add(key)


def is_zip(head: bytes) -> bool:
    """Whether a file with these first bytes is a zip archive."""
    return head.startswith(b"PK\x03\x04")


def is_legacy(head: bytes) -> bool:
    """Whether a file with these first bytes is of the format before zip: it begins with the magic number."""
    return head[:1] == b"\x80" and head[2:14] == b"\x8a\n" + _MAGIC.to_bytes(10, "little")


def open_zip(path: Path) -> TorchFile:
    """A zip archive of torch. Raises `UnreadableError`, or what pickle and zipfile raise of damaged files."""
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        members = {info.filename: info for info in archive.infolist()}
        top = next((name.removesuffix("data.pkl") for name in members if name.endswith("/data.pkl")), None)
        if top is None:
            raise UnreadableError("it is an archive, but not one of torch")
        if f"{top}byteorder" in members and archive.read(f"{top}byteorder")[:8] != b"little":
            raise UnreadableError("its numbers are big-endian")
        data = f"{top}data/"
        places = {
            name.removeprefix(data): _place(mapped, info)
            for name, info in members.items()
            if name.startswith(data)
        }
        if members[f"{top}data.pkl"].file_size > _PICKLE_BYTES:
            raise UnreadableError("it has too many names")
        with archive.open(f"{top}data.pkl") as pickled:
            content = Unpickler(pickled, _named).load()  # type: ignore[arg-type]
    return TorchFile(content, mapped, places)


def _place(mapped: mmap.mmap, info: zipfile.ZipInfo) -> Place:
    """Where the bytes of a member begin: after its local header (APPNOTE.TXT, 4.3.7)."""
    if info.compress_type != zipfile.ZIP_STORED:
        raise UnreadableError("it was packed again; torch does not pack numbers")
    header = mapped[info.header_offset : info.header_offset + 30]
    if len(header) < 30:
        raise UnreadableError("it is cut off")
    name, extra = struct.unpack("<HH", header[26:30])
    return Place(info.header_offset + 30 + name + extra, info.file_size, info.CRC)


def _named(pid: tuple[Any, ...]) -> Storage:
    _, kind, key, _, count = pid[:5]
    return Storage(str(key), kind.kind, int(count))


def open_legacy(path: Path) -> TorchFile:
    """A file of the format before zip. Raises `UnreadableError`, or what pickle raises of damaged files."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if _plain(file) != _MAGIC or _plain(file) != _VERSION:
            raise UnreadableError("it is of an unknown version")
        if (_plain(file) or {}).get("little_endian") is False:
            raise UnreadableError("its numbers are big-endian")
        seen: dict[str, int] = {}
        content = Unpickler(file, _Viewing(seen)).load()
        return TorchFile(content, mapped, _places(file, _plain(file), seen))


def _plain(file: BinaryIO) -> Any:
    return Unpickler(file, nothing_refers).load()


class _Viewing:
    """Understands references of the old format, which may be to a part of a storage."""

    def __init__(self, seen: dict[str, int]) -> None:
        self._seen = seen

    def __call__(self, pid: tuple[Any, ...]) -> Storage:
        _, kind, key, _, count, *view = pid
        whole = Storage(str(key), kind.kind, int(count))
        self._seen[whole.key] = whole.item_bytes
        if not view or view[0] is None:
            return whole
        _, start, part = view[0]
        if not 0 <= int(start) <= int(start) + int(part) <= whole.count:
            raise pickle.UnpicklingError("a reference makes no sense")
        return Storage(whole.key, whole.kind, int(part), int(start))


def _places(file: BinaryIO, keys: Any, item_bytes: Mapping[str, int]) -> dict[str, Place]:
    """Where each storage's bytes are; of those that are cut off there is none."""
    places: dict[str, Place] = {}
    end = os.fstat(file.fileno()).st_size
    for key in keys if isinstance(keys, list) else []:
        head = file.read(8)
        if len(head) < 8 or str(key) not in item_bytes:
            break
        size = int.from_bytes(head, "little") * item_bytes[str(key)]
        if size > end - file.tell():
            break
        places[str(key)] = Place(file.tell(), size)
        file.seek(size, 1)
    return places
