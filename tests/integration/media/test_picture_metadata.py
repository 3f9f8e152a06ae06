"""Metadata of pictures: kept byte for byte, but for pictures of the whole, which would show the old face."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from contracts.notes import NoteKind
from tests.stills import chunks_of, passed, png, saved, scene, thumbnail, tiff

_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\x00"


def _segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2) + data


def _jpeg(*segments: bytes, behind: bytes = b"") -> bytes:
    """A JPEG picture with segments after its first marker, and bytes after its last."""
    out = io.BytesIO()
    Image.fromarray(scene()).save(out, "JPEG", quality=85)
    plain = out.getvalue()
    return plain[:2] + b"".join(segments) + plain[2:] + behind


def _resource(number: int, data: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + b"\x00" * (len(data) % 2)


def _through(path: Path, data: bytes) -> tuple[bytes, list[NoteKind]]:
    path.write_bytes(data)
    out, notes = passed(path, path.parent)
    return out.read_bytes(), [note.kind for note in notes]


def test_what_describes_a_jpeg_stays_as_it_is(tmp_path: Path) -> None:
    segments = [
        _segment(0xE1, b"Exif\x00\x00" + tiff(orientation=3)),
        _segment(0xE1, _XMP + b"<x:xmpmeta>kept</x:xmpmeta>"),
        _segment(0xE2, b"ICC_PROFILE\x00\x01\x02" + b"first half"),
        _segment(0xE2, b"ICC_PROFILE\x00\x02\x02" + b"second half"),
        _segment(0xED, b"Photoshop 3.0\x00" + _resource(0x0404, b"caption") + _resource(0x03ED, bytes(16))),
        _segment(0xEC, b"Ducky\x00\x01"),
        _segment(0xFE, b"a comment"),
    ]
    result, notes = _through(tmp_path / "a.jpg", _jpeg(*segments))
    assert result.startswith(b"\xff\xd8" + b"".join(segments))
    assert not notes


def test_thumbnails_of_the_old_face_are_left_out(tmp_path: Path) -> None:
    small = thumbnail()
    exif = b"Exif\x00\x00" + tiff(orientation=6, thumbnail=small)
    xmp = (
        _XMP + b"<x:xmpmeta><xmpGImg:image>BASE64OLDFACE</xmpGImg:image><dc:title>kept</dc:title></x:xmpmeta>"
    )
    photoshop = b"Photoshop 3.0\x00" + _resource(0x040C, bytes(28) + small) + _resource(0x0404, b"caption")
    result, _ = _through(
        tmp_path / "a.jpg", _jpeg(_segment(0xE1, exif), _segment(0xE1, xmp), _segment(0xED, photoshop))
    )
    assert small[:200] not in result and small[-100:] not in result and b"OLDFACE" not in result
    assert result.count(b"\xff\xd8\xff") == 1
    with Image.open(io.BytesIO(result)) as image:
        found = image.getexif()
        assert found[0x010E] == "a scene" and found[0x0112] == 6
        assert not found.get_ifd(1)
        assert b"kept" in image.info["xmp"]
        assert image.info["photoshop"] == {0x0404: b"caption"}


@pytest.mark.parametrize(
    "segment",
    [
        _segment(0xE2, b"MPF\x00" + bytes(40)),
        _segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\x00" + bytes(8)),
        _segment(0xEB, b"JP\x00\x01" + b"jumb c2pa"),
    ],
)
def test_what_belongs_to_other_pictures_is_left_out_and_said(segment: bytes, tmp_path: Path) -> None:
    other = _jpeg()
    result, notes = _through(tmp_path / "a.jpg", _jpeg(segment, behind=other))
    assert segment not in result and result.count(b"\xff\xd8\xff") == 1
    assert notes == [NoteKind.TRACKS_DROPPED]


def test_depth_maps_in_more_xmp_are_left_out(tmp_path: Path) -> None:
    head = _MORE_XMP + b"D" * 32 + struct.pack(">II", 60, 0)
    with_picture = _segment(0xE1, head + b'<rdf GDepth:Data="AAAA" GImage:Data="BBBB"/>')
    plain = _segment(0xE1, head + b"<rdf>history</rdf>")
    assert with_picture not in _through(tmp_path / "a.jpg", _jpeg(with_picture))[0]
    assert plain in _through(tmp_path / "b.jpg", _jpeg(plain))[0]


def test_chunks_of_a_png_stay_in_their_order(tmp_path: Path) -> None:
    before = [
        (b"gAMA", struct.pack(">I", 45455)),
        (b"cHRM", struct.pack(">8I", *range(30000, 30008))),
        (b"iCCP", b"name\x00\x00whatever"),
        (b"sBIT", bytes([8, 8, 8])),
        (b"bKGD", bytes(6)),
        (b"pHYs", struct.pack(">IIB", 3000, 3000, 1)),
        (b"tIME", bytes([7, 230, 1, 2, 3, 4, 5])),
        (b"cICP", bytes([12, 13, 0, 1])),
        (b"eXIf", tiff(orientation=8)),
        (b"prIv", b"safe to copy, as its last letter says"),
        (b"prIV", b"not safe to copy"),
    ]
    after = [
        (b"tEXt", b"Comment\x00text"),
        (b"zTXt", b"Title\x00\x00packed"),
        (b"iTXt", b"Author\x00\x00\x00\x00\x00me"),
    ]
    result, notes = _through(tmp_path / "a.png", png(scene(), 8, 2, before, after))
    kinds = [chunk for chunk in chunks_of(result) if chunk[0] not in (b"IHDR", b"IDAT", b"IEND")]
    assert kinds == [*before[:-1], *after] and not notes


def test_a_png_loses_the_thumbnail_of_the_old_face(tmp_path: Path) -> None:
    small = thumbnail()
    result, _ = _through(tmp_path / "a.png", png(scene(), 8, 2, [(b"eXIf", tiff(thumbnail=small))]))
    exif = dict(chunks_of(result))[b"eXIf"]
    assert len(exif) == len(tiff(thumbnail=small)) and b"\xff\xd8\xff" not in exif and b"a scene" in exif


def test_chunks_of_a_webp_stay_in_their_order(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.webp", Image.fromarray(scene()), exif=tiff(), xmp=b"<x:xmpmeta/>", quality=80)
    data = path.read_bytes() + b"OWN " + struct.pack("<I", 3) + b"own\x00"
    data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    result, notes = _through(path, data)
    assert tiff() in result and b"<x:xmpmeta/>" in result and result.endswith(b"OWN \x03\x00\x00\x00own\x00")
    assert not notes
