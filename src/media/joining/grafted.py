"""The index of a grafted file: the original's `moov` box, in which the new video's track replaces the old."""

import struct
from collections.abc import Callable, Sequence

from media.containers.boxes import find, inner_boxes
from media.containers.moov import Integers

_HOLDERS = (b"trak", b"mdia", b"minf", b"stbl", b"edts")
# Bytes of the headers of a movie, a track and its media: of versions 0 and 1.
_WHOLE = {b"mvhd": (100, 112), b"tkhd": (84, 96), b"mdhd": (24, 36)}
# What is of the video as it was coded; everything else that a track holds is of the track.
_REPLACED = (b"tkhd", b"edts", b"mdia", b"tapt", b"free", b"skip")

# Of a description of pictures: stereo and 360 degrees (Spherical Video V2 RFC), clean aperture (ISO/IEC 14496-12).
_OF_THE_VIEW = (b"st3d", b"sv3d", b"clap")
_ENTRY = 78  # bytes of a VisualSampleEntry before its boxes
_SIZE = slice(24, 28)  # width and height in it

Change = Callable[[memoryview], tuple[bytes, bytes]]


def grafted(
    moov: memoryview, video: memoryview, main: int, offsets: Sequence[Integers], wide: bool, delay: int
) -> bytes:
    """The `moov` box of the result.

    Args:
        moov: Content of the original's `moov` box.
        video: Content of the `moov` box that holds the new video alone, on the same clock.
        main: The video's place among the original's tracks.
        offsets: Where the chunks of each track lie in the result; those of the new video at `main`.
        wide: Whether offsets are written in 64 bits.
        delay: When the first frame is shown, in units of the movie; FFmpeg's muxer rounds it down.
    """
    fresh = find(video, b"trak")
    assert fresh is not None
    places = [_offset_table(places, wide) for places in offsets]
    parts: list[bytes] = []
    track = 0
    for box in inner_boxes(moov):
        content = moov[box.start : box.end]
        if box.kind == b"trak":
            made = (
                _renewed(content, fresh, places[track], delay)
                if track == main
                else _moved(content, places[track])
            )
            parts.append(packed(b"trak", made))
            track += 1
        else:
            parts.append(packed(box.kind, _lasting(content, video) if box.kind == b"mvhd" else content))
    return packed(b"moov", b"".join(parts))


def packed(kind: bytes, content: bytes | memoryview) -> bytes:
    """A box."""
    if len(content) + 8 >= 2**32:
        return struct.pack(">I4sQ", 1, kind, len(content) + 16) + content
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _offset_table(offsets: Integers, wide: bool) -> tuple[bytes, bytes]:
    kind, form = (b"co64", ">u8") if wide else (b"stco", ">u4")
    return kind, struct.pack(">II", 0, len(offsets)) + offsets.astype(form).tobytes()


def _moved(trak: memoryview, place: tuple[bytes, bytes]) -> bytes:
    """A track as it was, its chunks elsewhere."""
    return rewritten(trak, {b"stco": lambda _: place, b"co64": lambda _: place})


def _renewed(old: memoryview, fresh: memoryview, place: tuple[bytes, bytes], delay: int) -> bytes:
    """The new video's track with all that the old one says of itself: number, language, name, references."""
    name = find(old, b"mdia/hdlr")
    changes: dict[bytes, Change] = {
        b"stco": lambda _: place,
        b"co64": lambda _: place,
        b"tkhd": lambda new: (b"tkhd", _same_track(new, find(old, b"tkhd"))),
        b"stsd": lambda new: (b"stsd", _same_view(new, find(old, b"mdia/minf/stbl/stsd"))),
        b"elst": lambda new: (b"elst", _delayed(new, delay)),
        b"mdhd": lambda new: (b"mdhd", _same_language(new, find(old, b"mdia/mdhd"))),
    }
    media = rewritten(fresh, changes, only=_REPLACED)
    kept = [
        packed(box.kind, old[box.start : box.end]) for box in inner_boxes(old) if box.kind not in _REPLACED
    ]
    if name is not None:
        media = rewritten(memoryview(media), {b"hdlr": lambda new: _named(new, name)})
    return media + b"".join(kept)


def rewritten(data: memoryview, changes: dict[bytes, Change], only: Sequence[bytes] = ()) -> bytes:
    """Boxes of a track with changed ones among them; at the top level, those of the kinds `only`."""
    parts = []
    for box in inner_boxes(data):
        kind, content = box.kind, data[box.start : box.end]
        if only and kind not in only:
            continue
        if kind in _HOLDERS:
            parts.append(packed(kind, rewritten(content, changes)))
        else:
            parts.append(packed(*changes[kind](content) if kind in changes else (kind, content)))
    return b"".join(parts)


def _named(new: memoryview, old: memoryview) -> tuple[bytes, bytes]:
    """The old handler of the video; `minf` of QuickTime has another one, of the data, which stays."""
    return b"hdlr", bytes(old if old[8:12] == new[8:12] else new)


def _times(header: memoryview) -> int:
    """Where, in a `tkhd`, `mdhd` or `mvhd` box, the two times of making and change end."""
    return 20 if header[0] == 1 else 12


def _is_whole(header: memoryview | None, kind: bytes) -> bool:
    """Whether a header has the length that its version has; damaged files have others."""
    return (
        header is not None
        and len(header) in _WHOLE[kind]
        and (header[0] == 1) == (len(header) == _WHOLE[kind][1])
    )


def _same_times(new: memoryview, old: memoryview) -> bytearray:
    made = bytearray(new)
    if new[0] == old[0]:
        made[4 : _times(new)] = old[4 : _times(old)]
    return made


def _same_track(new: memoryview, old: memoryview | None) -> bytes:
    """Flags, number, layer, group and volume of the old header; size, place and duration of the new one."""
    if old is None or not _is_whole(old, b"tkhd"):
        return bytes(new)
    made = _same_times(new, old)
    made[1:4] = old[1:4]
    here, there = _times(new), _times(old)
    made[here : here + 4] = old[there : there + 4]
    here, there = len(new) - 52, len(old) - 52  # layer, group, volume, 2 reserved, matrix (36), width, height
    made[here : here + 6] = old[there : there + 6]
    return bytes(made)


def _same_view(new: memoryview, old: memoryview | None) -> bytes:
    """A description of pictures, completed by what the old one says of how they are viewed."""
    one, other = _entry(new), _entry(old) if old is not None else None
    if one is None or other is None or one[1][_SIZE] != other[1][_SIZE]:
        return bytes(new)
    kind, content = one
    said = {box.kind for box in inner_boxes(content, _ENTRY)}
    boxes = [
        box for box in inner_boxes(other[1], _ENTRY) if box.kind in _OF_THE_VIEW and box.kind not in said
    ]
    kept = [packed(box.kind, other[1][box.start : box.end]) for box in boxes]
    return bytes(new[:8]) + packed(kind, b"".join([content, *kept]))


def _entry(descriptions: memoryview) -> tuple[bytes, memoryview] | None:
    """Codec and content of the only entry of a `stsd` box."""
    entries = list(inner_boxes(descriptions, 8))
    if len(entries) != 1:
        return None
    return entries[0].kind, descriptions[entries[0].start : entries[0].end]


def _delayed(edits: memoryview, delay: int) -> bytes:
    """An edit list whose first entry, where that is a pause, lasts `delay`."""
    made = bytearray(edits)
    form, media_time = (">Q", 16) if edits[0] == 1 else (">I", 12)
    if len(made) >= 20 and made[media_time : media_time + 4] == b"\xff" * 4:
        struct.pack_into(form, made, 8, delay)
    return bytes(made)


def _same_language(new: memoryview, old: memoryview | None) -> bytes:
    if old is None or not _is_whole(old, b"mdhd"):
        return bytes(new)
    made = _same_times(new, old)
    made[-4:-2] = old[-4:-2]
    return bytes(made)


def _lasting(header: memoryview, video: memoryview) -> bytes:
    """The original's movie header, long enough for the new video, too."""
    fresh = find(video, b"mvhd")
    if fresh is not None and not _is_whole(header, b"mvhd"):
        return bytes(fresh)
    made = bytearray(header)
    form, place = (">Q", 24) if header[0] == 1 else (">I", 16)
    length = struct.unpack_from(form, header, place)[0]
    if fresh is not None:
        needed = struct.unpack_from(*((">Q", fresh, 24) if fresh[0] == 1 else (">I", fresh, 16)))[0]
        struct.pack_into(form, made, place, min(max(length, needed), 2 ** (8 * struct.calcsize(form)) - 1))
    return bytes(made)
