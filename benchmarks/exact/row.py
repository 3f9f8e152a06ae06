"""One row of the matrix: an upload beside its result."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks.exact import pixels, reading
from benchmarks.exact.reading import Head, Packet, Shown, Stream
from benchmarks.exact.service import Served

_LEAST_DECIBELS = 40.0  # of the worst frame; visually lossless is 45 of an ordinary one
_TICK = Fraction(1, 30_000)  # seconds: where the container changes, sound is timed by a clock of its own
_CONVERTED = (".ts", ".avi")  # their results are MP4 files, which begin at zero
_DEINTERLACED = "bwdif=mode=send_frame"


@dataclass
class Row:
    """What is equal, and what is not.

    Attributes:
        before, after: Codec and pixel format.
        frames: Shown of the upload and of the result.
        copied: Share of the result's video, in bytes, whose packets are the upload's, bit for bit.
        decibels: PSNR outside the faces: of the worst frame, and the mean; None where no pair was compared.
        decodes: What `ffmpeg -xerror` says against the result; "" where it decodes.
        plays, preview: See `Served`.
        notes: Kinds of notes that the job has.
        problems: What is not as it should be, in words; empty where the row holds.
    """

    name: str
    container: str = ""
    before: str = ""
    after: str = ""
    segments: int = 0
    swapped: int = 0
    frames: tuple[int, int] = (0, 0)
    times: bool = False
    tracks: bool = False
    tags: bool = False
    look: bool = False
    decibels: tuple[float, float] | None = None
    copied: float = 0.0
    decodes: str = ""
    plays: str | None = None
    preview: str | None = None
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def row(name: str, film: Path, served: Served) -> Row:
    """Compare a film with what the service made of it."""
    job, result = served.job, served.result
    heads = reading.head(film), reading.head(result)
    made = Row(
        name=name,
        container=film.suffix[1:]
        if film.suffix == result.suffix
        else f"{film.suffix[1:]} → {result.suffix[1:]}",
        before=_form(heads[0]),
        after=_form(heads[1]),
        segments=job["progress"]["segments_total"],
        swapped=job["face_frames"],
        plays=served.plays,
        preview=served.preview,
        notes=[note["kind"] for note in job["notes"]],
    )
    filters = _DEINTERLACED if "deinterlaced" in made.notes else ""
    shown = reading.frames(film, filters), reading.frames(result)
    _compare_times(made, shown, film.suffix in _CONVERTED)
    _compare_tracks(made, reading.streams(film), reading.streams(result), film.suffix in _CONVERTED)
    _compare_words(made, film, result, heads, shown)
    _compare_pixels(made, film, result, heads[0], shown, filters)
    _judge(made, film, result)
    return made


def _form(head: Head) -> str:
    return f"{head.codec} {head.pix_fmt}"


def _compare_times(made: Row, shown: tuple[list[Shown], list[Shown]], converted: bool) -> None:
    made.frames = len(shown[0]), len(shown[1])
    one, other = ([frame.time for frame in frames] for frames in shown)
    if converted:
        one, other = ([time - times[0] for time in times] for times in (one, other))
    lost = set(one) - set(other)
    made.times = one == other or ("frames-damaged" in made.notes and not set(other) - set(one))
    if not made.times:
        made.problems.append(f"{len(lost)} frames are not at their times")


def _compare_tracks(made: Row, before: list[Stream], after: list[Stream], converted: bool) -> None:
    main = [max(streams, key=_video_packets) for streams in (before, after)]
    known = {packet.digest for packet in main[0].packets}
    sizes = [(packet.size, packet.digest in known) for packet in main[1].packets]
    made.copied = sum(size for size, copied in sizes if copied) / max(1, sum(size for size, _ in sizes))
    rest = _others(before, main[0]), _others(after, main[1])
    if len(rest[0]) == len(rest[1]):  # some chapters' tracks are read by ffmpeg as tags alone
        pairs = [(one, other) for one, other in zip(*rest, strict=True) if one.kind != "data" or one.packets]
        rest = [one for one, _ in pairs], [other for _, other in pairs]
    made.tracks = len(rest[0]) == len(rest[1]) and all(
        _same_track(one, other, converted) for one, other in zip(*rest, strict=True)
    )
    if not made.tracks and "tracks-dropped" not in made.notes:
        made.problems.append(f"tracks differ: {_kinds(rest[0])} → {_kinds(rest[1])}")


def _others(streams: list[Stream], main: Stream) -> list[Stream]:
    return [stream for stream in streams if stream is not main and (stream.packets or stream.kind == "data")]


def _video_packets(stream: Stream) -> int:
    return len(stream.packets) if stream.kind == "video" else -1


def _kinds(streams: list[Stream]) -> str:
    return ", ".join(f"{stream.kind} {len(stream.packets)}" for stream in streams) or "none"


def _same_track(one: Stream, other: Stream, converted: bool) -> bool:
    if [packet.digest for packet in one.packets] != [packet.digest for packet in other.packets]:
        return False
    if not converted:
        return [packet.pts for packet in one.packets] == [packet.pts for packet in other.packets]
    return all(
        abs(a - b) <= _TICK for a, b in zip(_from_zero(one.packets), _from_zero(other.packets), strict=True)
    )


def _from_zero(packets: list[Packet]) -> list[Fraction]:
    times = [packet.pts for packet in packets if packet.pts is not None]
    return [time - times[0] for time in times]


def _compare_words(
    made: Row, film: Path, result: Path, heads: tuple[Head, Head], shown: tuple[list[Shown], list[Shown]]
) -> None:
    tags = reading.tags(film), reading.tags(result)
    silent = film.suffix in _CONVERTED and not any(heads[0].flags)  # such a file has no flags to keep
    made.tags = tags[0] == tags[1] and (silent or heads[0].flags == heads[1].flags)
    if not made.tags:
        apart = sorted(set(tags[0]) ^ set(tags[1])) or [f"flags {heads[0].flags} → {heads[1].flags}"]
        made.problems.append(f"tags differ: {'; '.join(apart)[:160]}")
    looks = [_look(frames[0].facts, head, made) for frames, head in zip(shown, heads, strict=True)]
    made.look = looks[0] == looks[1]
    if not made.look:
        apart = [
            f"{key} {looks[0].get(key)} → {looks[1].get(key)}"
            for key in looks[0]
            if looks[0][key] != looks[1].get(key)
        ]
        made.problems.append("; ".join(apart))


def _look(facts: dict[str, str], head: Head, made: Row) -> dict[str, str]:
    """How a player is told to show the frames. An unsaid range is the limited one."""
    said = {**facts, "turned": head.turned, "colors": facts["colors"].replace("range:unknown", "range:tv")}
    for kind in ("Mastering display metadata", "Content light level metadata"):
        said.setdefault(kind, "")
    if "deinterlaced" in made.notes:
        said.pop("fields")
    if "format-changed" in made.notes:
        said.pop("size")
    return said


def _compare_pixels(
    made: Row, film: Path, result: Path, head: Head, shown: tuple[list[Shown], list[Shown]], filters: str
) -> None:
    width, height = (int(side) for side in shown[0][0].facts["size"].split("x"))
    times = tuple([frame.time - frames[0].time for frame in frames] for frames in shown)
    found = pixels.outside(film, result, (times[0], times[1]), head.pix_fmt, (width, height), filters)
    if found:
        made.decibels = min(found), sum(found) / len(found)


def _judge(made: Row, film: Path, result: Path) -> None:
    """The rest of what may be wrong with a row."""
    if made.decibels is None or made.decibels[0] < _LEAST_DECIBELS:
        made.problems.append(f"the worst frame has {made.decibels and round(made.decibels[0], 1)} dB")
    made.decodes = reading.complaints(result)
    if made.decodes and not reading.complaints(film):
        made.problems.append(f"ffmpeg -xerror: {made.decodes[:160]}")
    if made.plays and made.preview:
        made.problems.append(f"neither the result plays ({made.plays}) nor its preview ({made.preview})")


def refused(name: str, film: Path, error: Exception) -> Row:
    """The row of a film that came to nothing."""
    words: Any = getattr(error, "failure", None)
    said = f"{words.reason}: {words.message}" if words else f"{type(error).__name__}: {error}"
    return Row(name=name, container=film.suffix[1:], problems=[said[:300]])
