"""Which metadata of a JPEG file is kept: all but pictures of the whole, which would show the old face."""

from collections.abc import Iterator, Sequence

from contracts.notes import Note, NoteKind
from media.pictures.exif import without_previews as exif_without_previews
from media.pictures.jpeg.markers import APP0, APP1, APP2, APP13, COM, Part
from media.pictures.xmp import has_previews
from media.pictures.xmp import without_previews as xmp_without_previews

EXIF = b"Exif\x00\x00"
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\x00"
_MORE_XMP_HEAD = len(_MORE_XMP) + 32 + 4 + 4  # then a digest, the whole length and the place
_PROFILE = b"ICC_PROFILE\x00"
_PHOTOSHOP = b"Photoshop 3.0\x00"
_RESOURCE = b"8BIM"
_THUMBNAILS = (0x0409, 0x040C)  # resources of Photoshop
_APP11 = 0xEB
_FILLING = 4096  # bytes of fill after a picture that hold no other

# Segments that describe other pictures in the file, or vouch for its bytes, by how they begin.
_OF_OTHERS = {
    APP2: (b"MPF\x00", b"urn:iso:std:iso:ts:21496:-1\x00", b"FPXR\x00"),
    _APP11: (b"JP",),
}


def exif_of(parts: Sequence[Part]) -> bytes:
    """The EXIF data, a TIFF structure; empty where there is none."""
    for part in parts:
        if part.marker == APP1 and part.data.startswith(EXIF):
            return part.data.removeprefix(EXIF)
    return b""


def profile_of(parts: Sequence[Part]) -> bytes:
    """The ICC profile, put together from its segments in their order; empty where there is none."""
    pieces = [
        part.data
        for part in parts
        if part.marker == APP2 and part.data.startswith(_PROFILE) and len(part.data) > 14
    ]
    return b"".join(piece[14:] for piece in sorted(pieces, key=lambda piece: piece[12]))


def is_metadata(part: Part) -> bool:
    """Whether a segment says nothing of how the picture is coded."""
    return part.is_application or part.marker == COM


def kept_metadata(parts: Sequence[Part]) -> Iterator[Part]:
    """The metadata that the result has, in its order."""
    more = b"".join(part.data[_MORE_XMP_HEAD:] for part in parts if _begins(part, APP1, _MORE_XMP))
    for part in parts:
        if not is_metadata(part) or (has_previews(more) and _begins(part, APP1, _MORE_XMP)):
            continue
        kept = _kept(part)
        if kept is not None:
            yield Part(part.marker, kept)


def _begins(part: Part, marker: int, intro: bytes) -> bool:
    return part.marker == marker and part.data.startswith(intro)


def _kept(part: Part) -> bytes | None:
    """The data of a segment without pictures; None where nothing of it can stay."""
    data = part.data
    if _begins(part, APP1, EXIF):
        return EXIF + exif_without_previews(data.removeprefix(EXIF))
    if _begins(part, APP1, _XMP):
        return _XMP + xmp_without_previews(data.removeprefix(_XMP))
    if _begins(part, APP13, _PHOTOSHOP):
        return _PHOTOSHOP + b"".join(_resources(data.removeprefix(_PHOTOSHOP)))
    if data.startswith(_OF_OTHERS.get(part.marker, ())) or _begins(part, APP0, b"JFXX\x00"):
        return None
    if _begins(part, APP0, b"JFIF\x00"):
        return data[:12] + b"\x00\x00" if len(data) > 14 else data  # a thumbnail follows its two sides
    unknown = part.is_application and not _begins(part, APP2, _PROFILE)
    return None if unknown and b"\xff\xd8\xff" in data else data


def _resources(data: bytes) -> Iterator[bytes]:
    """Photoshop's resources (its file format specification) without thumbnails."""
    place = 0
    while data[place : place + 4] == _RESOURCE and place + 12 <= len(data):
        number = int.from_bytes(data[place + 4 : place + 6])
        name = (data[place + 6] + 2) // 2 * 2  # its length and letters, filled up to even
        size = int.from_bytes(data[place + 6 + name : place + 10 + name])
        end = place + 10 + name + size + size % 2
        if number not in _THUMBNAILS:
            yield data[place:end]
        place = end
    yield data[place:] if b"\xff\xd8\xff" not in data[place:] else b""


def notes_on(file_size: int, parts: Sequence[Part]) -> list[Note]:
    """What is said where whole pictures were left out, such as gain maps or a moving picture at the end."""
    others = any(part.data.startswith(_OF_OTHERS.get(part.marker, ())) for part in parts if is_metadata(part))
    shown = sum(4 + len(part.data) + len(part.coded) for part in parts) + 4
    behind = file_size - shown > _FILLING
    if not (others or behind):
        return []
    text = (
        "The file held more than its picture, such as a preview, a gain map for HDR screens or a short film. "
        "That showed the face as it was, and is left out."
    )
    return [Note(kind=NoteKind.TRACKS_DROPPED, text=text)]
