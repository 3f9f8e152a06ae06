"""What a file is by its first bytes. Only these kinds are ever opened, whatever the file is called."""

from media.sources.source import Source

# The demuxer of FFmpeg that opens each kind.
DEMUXERS = {
    "mp4": "mov",
    "mov": "mov",
    "matroska": "matroska",
    "webm": "matroska",
    "mpegts": "mpegts",
    "avi": "avi",
    "nut": "nut",
}
# Those of which a work copy may be made, see `media.containers.remux`.
COPIED_KINDS = ("mpegts", "matroska", "webm")
PICTURES = ("jpeg", "png", "webp", "avif", "heic")

_HEAD = 4096
_MOV_BOXES = (b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
_TS_SYNC = 0x47
_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def sniff(source: Source) -> str | None:
    """The kind of the file, one of `DEMUXERS` and `PICTURES`, or None."""
    before = source.tell()
    source.seek(0)
    head = source.read(_HEAD)
    source.seek(before)  # a demuxer may be reading
    return _picture(head) or _riff(head) or _iso(head) or _ebml(head) or _transport(head)


def _picture(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "png" if head.startswith(b"\x89PNG\r\n\x1a\n") else None


def _riff(head: bytes) -> str | None:
    if head[:4] != b"RIFF":
        return None
    return {b"AVI ": "avi", b"WEBP": "webp"}.get(head[8:12])


def _iso(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _AVIF_BRANDS or brand in _HEIC_BRANDS:
            return _heif(head, brand)
        return "mov" if brand == b"qt  " else "mp4"
    return "mov" if head[4:8] in _MOV_BOXES else None


def _heif(head: bytes, brand: bytes) -> str:
    """By all brands of the file where the first leaves open how its items are coded."""
    brands = head[16 : int.from_bytes(head[:4])]
    return "avif" if brand in _AVIF_BRANDS or b"avif" in brands else "heic"


def _ebml(head: bytes) -> str | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return "webm" if b"\x42\x82\x84webm" in head[:100] else "matroska"


def _transport(head: bytes) -> str | None:
    """A transport stream: the sync byte at three packets' distance, of 188 bytes or 192 as cameras write."""
    for first, step in ((0, 188), (4, 192)):
        marks = head[first : first + 3 * step : step]
        if len(marks) == 3 and set(marks) == {_TS_SYNC}:
            return "mpegts"
    return None
