"""The parts of a JPEG file: marker segments, and the coded data after each start of a scan."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from media.containers.container import truncated

SOI, EOI, SOS, DQT, DHT, DRI, COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xFE
APP0, APP1, APP2, APP13, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF
FRAMES = (
    0xC0,
    0xC1,
    0xC2,
    0xC9,
    0xCA,
)  # coded by DCT: baseline, extended, progressive; the latter arithmetic too

# Coded data ends at the first marker that is neither a stuffed byte nor a restart.
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(frozen=True)
class Part:
    """A marker segment: its data without the length; of a start of scan also the coded data that follows."""

    marker: int
    data: bytes
    coded: bytes = b""

    @property
    def is_application(self) -> bool:
        """Whether it is metadata: an application's segment."""
        return APP0 <= self.marker <= APP15


def read_parts(file: bytes) -> Iterator[Part]:
    """All segments between the first and the last marker; what follows the picture is left out.

    Raises:
        MediaError: TRUNCATED where the file ends before its picture does.
    """
    place = 2
    while True:
        marker, place = _marker(file, place)
        if marker == EOI:
            return
        size = int.from_bytes(file[place : place + 2])
        data = file[place + 2 : place + size]
        if size < 2 or len(data) < size - 2:
            raise truncated()
        place += size
        coded = b""
        if marker == SOS:
            end = _END_OF_SCAN.search(file, place)
            coded = file[place : end.start() if end else len(file)]
            place += len(coded)
        yield Part(marker, data, coded)


def _marker(file: bytes, place: int) -> tuple[int, int]:
    """The next marker and where it ends; fill before it is passed over, as decoders do."""
    place = file.find(b"\xff", place)
    while place >= 0 and file[place : place + 1] == b"\xff":
        place += 1
    if not 0 < place < len(file):
        raise truncated()
    return file[place], place + 1


def join_parts(parts: Iterable[Part]) -> bytes:
    """A file of these parts."""
    pieces = [bytes([0xFF, SOI])]
    for part in parts:
        pieces += [bytes([0xFF, part.marker]), (len(part.data) + 2).to_bytes(2), part.data, part.coded]
    return b"".join([*pieces, bytes([0xFF, EOI])])
