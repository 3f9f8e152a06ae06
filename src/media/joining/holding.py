"""Which container a result gets where it cannot have that of its source: the one that holds the most tracks."""

from contracts.media import MediaInfo
from contracts.notes import Note, NoteKind

_OWN = ("mp4", "mov", "matroska", "webm")
_NAMES = {"mp4": "MP4", "mov": "MOV", "matroska": "Matroska", "mpegts": "MPEG transport stream", "avi": "AVI"}

# What FFmpeg's muxers hold of the sound that AVI and MPEG-TS files bring (libavformat/isom_tags.c, movenc.c).
_PCM = {f"pcm_{form}{order}" for form in ("s16", "s24", "s32", "f32", "f64") for order in ("le", "be")}
_COMMON = {"aac", "mp3", "mp2", "ac3", "eac3", "alac", "flac", "opus", "truehd", *_PCM}
_HELD = {
    "mp4": {*_COMMON, "vorbis", "dts"},
    "mov": {*_COMMON, "mp1", "pcm_u8", "pcm_mulaw", "pcm_alaw"},
}


def result_container(info: MediaInfo) -> str:
    """FFmpeg's name of the container for a result of `info`: its own where results are written in it.

    Else MP4 or MOV, which alone hold any time exactly. Matroska, which would hold more tracks, counts milliseconds.
    """
    if info.container in _OWN:
        return info.container
    sounds = [audio.codec for audio in info.audio]
    return max(_HELD, key=lambda name: sum(codec in _HELD[name] for codec in sounds))


def container_note(info: MediaInfo, container: str) -> list[Note]:
    """Tells that the result is another kind of file."""
    if container == info.container:
        return []
    before, after = _NAMES.get(info.container, info.container), _NAMES[container]
    return [
        Note(
            kind=NoteKind.CONTAINER_CHANGED,
            text=f"The upload is of the kind {before}. The result is of the kind {after}.",
            detail={"from": info.container, "to": container},
        )
    ]
