"""The rest of the check of a finished result: what its tracks, tags and chapters say, beside their packets."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from av.container import InputContainer
from av.stream import Stream

from contracts.errors import MediaError
from contracts.media import EncodeSpec, MediaLimits, VideoStream
from contracts.notes import Note, NoteKind
from media.containers.container import open_container
from media.encoders.choice import decoded_format
from media.joining.segments import mismatch
from media.joining.tracks import Tracks, kept_tags
from media.probe import probe
from media.sources.source import open_source

if TYPE_CHECKING:
    from av.container.core import Chapter

_UNSTATED = (0, 2)  # of FFmpeg's code points for colors: reserved, unspecified
_FULL_RANGE = 2
_ASPECT = 0.01  # by which Matroska's whole display sizes may round a picture's shape
_CHAPTER_SECONDS = 0.002


def check_picture(out: Path, spec: EncodeSpec) -> None:
    """Refuse a result whose first frame cannot be decoded, or whose video is not what `spec` says."""
    try:
        with open_source(out) as source:
            video = probe(source, MediaLimits(max_streams=2**16, min_side=1)).video
    except MediaError as error:
        raise mismatch(f"it cannot be played ({error.reason})") from error
    wrong = {name: values for name, *values in _facts(video, spec) if values[0] != values[1]}
    if wrong:
        raise mismatch(
            f"its video has another {' and '.join(wrong)}", **{k: str(v) for k, v in wrong.items()}
        )


def _facts(video: VideoStream, spec: EncodeSpec) -> Iterator[tuple[str, Any, Any]]:
    """Name, found value, expected value."""
    yield "codec", video.codec, spec.codec
    expected = decoded_format(spec.encoder, spec.pix_fmt)
    yield "pixel format", video.pix_fmt.replace("yuvj", "yuv"), expected.replace("yuvj", "yuv")
    yield "size", (video.width, video.height), (spec.width, spec.height)
    yield "rotation", video.display_matrix, spec.display_matrix
    apart = float(video.sample_aspect / (spec.sample_aspect or 1))
    yield "shape of pixels", abs(apart - 1) <= _ASPECT, True
    if spec.color_range:
        yield "range", video.color_range == _FULL_RANGE, spec.color_range == _FULL_RANGE
    for name in ("color_primaries", "color_trc", "color_space"):
        if (stated := getattr(spec, name)) not in _UNSTATED:
            yield name, getattr(video, name), stated


def check_tracks(out: Path, original: InputContainer, tracks: Tracks, same_kind: bool) -> list[Note]:
    """Refuse a result in which a track is of another kind or language; tell of tags that differ.

    Args:
        same_kind: Whether the result's container is the original's, so that all it says can be said again.
    """
    with open_source(out) as source, open_container(source) as result:
        differing = []
        for index, place in tracks.copied.items():
            if place >= len(result.streams):
                raise mismatch("a track is missing", track=place)
            one, other = original.streams[index], result.streams[place]
            if _identity(one) != _identity(other):
                raise mismatch("a track is of another kind or language", track=place)
            if same_kind and one.disposition != other.disposition:
                differing.append(f"flags of track {place}")
        if not _same_chapters(original, result):
            differing.append("chapters")
        if same_kind:
            differing += [
                name for name, value in kept_tags(original).items() if not _has(result, name, value)
            ]
    return [_tags_note(differing)] if differing else []


def _identity(stream: Stream) -> tuple[str, str]:
    return stream.type, stream.language if stream.language not in (None, "und") else ""


def _same_chapters(one: InputContainer, other: InputContainer) -> bool:
    """Whether both have the same titles at the same times, but for what containers round."""
    before, after = one.chapters(), other.chapters()
    titles = [[chapter["metadata"].get("title", "") for chapter in chapters] for chapters in (before, after)]
    apart = (abs(_begin(old) - _begin(new)) for old, new in zip(before, after, strict=False))
    return titles[0] == titles[1] and all(seconds <= _CHAPTER_SECONDS for seconds in apart)


def _begin(chapter: "Chapter") -> float:
    return float(chapter["start"] * (chapter["time_base"] or 0))


def _has(container: InputContainer, name: str, value: str) -> bool:
    return any(key.lower() == name.lower() and value == kept for key, kept in container.metadata.items())


def _tags_note(names: list[str]) -> Note:
    return Note(
        kind=NoteKind.TAGS_CHANGED,
        text=f"These could not be taken over as they were: {', '.join(names)}.",
        detail={"names": names},
    )
