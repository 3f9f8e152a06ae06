"""How each kind of file is taken apart and put together again."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.formats import ebml, iso, jpeg, png, riff, ts
from tests.fuzz.tree import Node


@dataclass(frozen=True)
class Format:
    """A way to take files apart, and back.

    Attributes:
        order: Of the bytes in its numbers.
        huge: The largest size a piece can claim.
    """

    parse: Callable[[bytes], list[Node]]
    write: Callable[[list[Node]], bytes]
    order: str
    huge: int


ISO = Format(iso.parse, iso.write, "big", 2**64 - 1)
EBML = Format(ebml.parse, ebml.write, "big", 2**56 - 1)
RIFF = Format(riff.parse, riff.write, "little", 2**32 - 1)
PNG = Format(png.parse, png.write, "big", 2**32 - 1)
JPEG = Format(jpeg.parse, jpeg.write, "big", 2**16 - 1)
TS = Format(ts.parse, ts.write, "big", 0)


def format_of(data: bytes) -> Format | None:
    """The format of a file by its first bytes; None for what is only bytes."""
    if data[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return ISO
    heads = {b"\x1a\x45\xdf\xa3": EBML, b"RIFF": RIFF, b"\x89PNG": PNG}
    if data[:2] == b"\xff\xd8":
        return JPEG
    return TS if data[:1] == b"G" and data[188:189] == b"G" else heads.get(data[:4])
