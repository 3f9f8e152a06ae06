"""Videos that are protected against copying: nothing here decodes them, and some decode to noise."""

from av.video.stream import VideoStream

from contracts.errors import MediaError, Reason
from media.containers.boxes import find
from media.containers.moov import Movie, read_movie
from media.sources.source import Source

# Sample entries of protected video: ISO/IEC 14496-12, section 8.12; Apple's own.
_ENTRIES = (b"encv", b"drmi")
_TS_PACKETS = 300  # looked at


def check_protection(source: Source, kind: str, stream: VideoStream) -> None:
    """Refuse a protected video: ENCRYPTED."""
    before = source.tell()
    protected = _is_protected(source, kind, stream)
    source.seek(before)  # a demuxer is reading
    if protected:
        raise MediaError(
            Reason.ENCRYPTED,
            "The video is protected against copying (encrypted). One that was saved without protection passes.",
        )


def _is_protected(source: Source, kind: str, stream: VideoStream) -> bool:
    if kind in ("mp4", "mov"):
        return _is_protected_movie(read_movie(source))
    if kind in ("matroska", "webm"):
        return "enc_key_id" in stream.metadata  # as FFmpeg names Matroska's ContentEncKeyID
    return kind == "mpegts" and _is_scrambled(source)


def _is_protected_movie(movie: Movie) -> bool:
    entries = (find(track.stored, b"stsd") for track in movie.tracks if track.handler == b"vide")
    return any(entry is not None and bytes(entry[12:16]) in _ENTRIES for entry in entries)


def _is_scrambled(source: Source) -> bool:
    """Whether most packets are scrambled (ISO/IEC 13818-1, transport_scrambling_control)."""
    source.seek(0)
    head = source.read(_TS_PACKETS * 192 + 4)
    start, step = (0, 188) if head[188:189] == b"G" else (4, 192)
    flags = head[start + 3 :: step]
    return sum(flag >= 0x40 for flag in flags) * 2 > len(flags)
