"""EXIF data (a TIFF structure): its orientation, and its pictures of the whole, which would show the old face."""

import struct

_ORIENTATION = 0x0112
_JPEG_PLACE, _JPEG_SIZE = 0x0201, 0x0202
_STRIP_PLACES, _STRIP_SIZES = 0x0111, 0x0117
_LONG = 4  # a TIFF field type
_ENTRY = 12  # bytes of a field


def orientation_of(tiff: bytes) -> int:
    """1 to 8; 1 where nothing sensible is said."""
    order = _order(tiff)
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, first)
        for entry in range(first + 2, first + 2 + _ENTRY * count, _ENTRY):
            tag, kind = struct.unpack_from(order + "HH", tiff, entry)
            if tag == _ORIENTATION:
                (value,) = struct.unpack_from(order + ("I" if kind == _LONG else "H"), tiff, entry + 8)
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass  # cut short: nothing is said
    return 1


def _order(tiff: bytes | bytearray) -> str:
    """The byte order, as `struct` names it."""
    return ">" if tiff[:2] == b"MM" else "<"


def without_previews(tiff: bytes) -> bytes:
    """The same bytes, every thumbnail and preview in them blanked; all that stays keeps its place.

    Notes of camera makers are addressed by absolute offsets, so nothing is moved.
    """
    data = bytearray(tiff)
    _blank_second_directory(data)
    _blank_pictures(data)
    return bytes(data)


def _blank_second_directory(data: bytearray) -> None:
    """The thumbnail is the second directory (Exif 2.32, 4.5.8)."""
    order = _order(data)
    try:
        (first,) = struct.unpack_from(order + "I", data, 4)
        (count,) = struct.unpack_from(order + "H", data, first)
        link = first + 2 + _ENTRY * count
        (second,) = struct.unpack_from(order + "I", data, link)
        struct.pack_into("I", data, link, 0)
        if second:
            _blank_directory(data, second, order)
    except struct.error:
        return  # the directory is cut short: no reader finds a thumbnail in it


def _blank_directory(data: bytearray, place: int, order: str) -> None:
    (count,) = struct.unpack_from(order + "H", data, place)
    values: dict[int, int] = {}
    for entry in range(place + 2, min(place + 2 + _ENTRY * count, len(data) - _ENTRY + 1), _ENTRY):
        tag, kind, number, value = struct.unpack_from(order + "HHII", data, entry)
        if number == 1:
            values[tag] = value if kind == _LONG or order == "<" else value >> 16
    for where, size in ((_JPEG_PLACE, _JPEG_SIZE), (_STRIP_PLACES, _STRIP_SIZES)):
        if where in values and size in values:
            _blank(data, values[where], values[where] + values[size])
    _blank(data, place, place + 2 + _ENTRY * count + 4)


def _blank_pictures(data: bytearray) -> None:
    """Whole JPEG files within, such as previews in a maker's notes."""
    while (start := data.find(b"\xff\xd8\xff")) >= 0:
        end = data.find(b"\xff\xd9", start)
        _blank(data, start, end + 2 if end >= 0 else len(data))


def _blank(data: bytearray, start: int, end: int) -> None:
    end = min(end, len(data))
    if start < end:
        data[start:end] = bytes(end - start)
