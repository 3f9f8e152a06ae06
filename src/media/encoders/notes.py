"""What a user is told of a result that cannot be stored exactly as the upload was."""

from contracts.media import VideoStream
from contracts.notes import Note, NoteKind
from media.encoders.choice import Choice

_NAMES = {
    "av1": "AV1",
    "dnxhd": "DNxHD",
    "dvvideo": "DV",
    "ffv1": "FFV1",
    "h264": "H.264",
    "hevc": "HEVC",
    "mjpeg": "Motion JPEG",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4 part 2",
    "png": "PNG",
    "prores": "ProRes",
    "qtrle": "QuickTime Animation",
    "rawvideo": "uncompressed video",
    "theora": "Theora",
    "v210": "uncompressed video",
    "vc1": "VC-1",
    "vp8": "VP8",
    "vp9": "VP9",
}


def encoding_notes(video: VideoStream, choice: Choice, size: tuple[int, int]) -> list[Note]:
    """Notes on codec, pixel format and fields; `size` is what the encoder can store, before any reduction."""
    found = [
        _deinterlaced(video),
        _codec(video, choice),
        *_format(video, choice),
        _cropped(video, size),
        _dynamic(video),
    ]
    return [note for note in found if note is not None]


def _deinterlaced(video: VideoStream) -> Note | None:
    if not video.interlaced:
        return None
    text = (
        "The video was interlaced. Both fields of each frame were made one picture, at the same frame rate."
    )
    return Note(kind=NoteKind.DEINTERLACED, text=text)


def _codec(video: VideoStream, choice: Choice) -> Note | None:
    if video.codec == choice.codec:
        return None
    before, after = _NAMES.get(video.codec, video.codec), _NAMES[choice.codec]
    return Note(
        kind=NoteKind.CODEC_CHANGED,
        text=f"The upload is coded as {before}. The result is {after}.",
        detail={"from": video.codec, "to": choice.codec},
    )


def _format(video: VideoStream, choice: Choice) -> list[Note]:
    name, lost = _NAMES[choice.codec], choice.lost
    said = [
        (lost.alpha, "Transparency is not kept: the result has none."),
        (lost.color, f"Colors were stored as RGB and are stored as YCbCr now, as {name} asks for."),
        (
            lost.bits > 0,
            f"Colors have {lost.bits} bits less than in the upload, because {name} has no more here.",
        ),
        (
            lost.chroma > 0,
            f"Color is stored in less detail than in the upload, because {name} has no more here.",
        ),
    ]
    return [_changed(text, video.pix_fmt, choice.pix_fmt) for holds, text in said if holds]


def _changed(text: str, before: str, after: str) -> Note:
    return Note(kind=NoteKind.FORMAT_CHANGED, text=text, detail={"from": before, "to": after})


def _cropped(video: VideoStream, size: tuple[int, int]) -> Note | None:
    if size == (video.width, video.height):
        return None
    return _changed(
        f"The picture has {size[0]} x {size[1]} pixels instead of {video.width} x {video.height}: "
        "the codec asks for an even number, so that the last column or row is left out.",
        f"{video.width}x{video.height}",
        f"{size[0]}x{size[1]}",
    )


def _dynamic(video: VideoStream) -> Note | None:
    if not video.dynamic_hdr:
        return None
    names = " and ".join(video.dynamic_hdr)
    return _changed(f"{names} metadata is not kept. The picture itself is, as HDR.", names, "HDR")
