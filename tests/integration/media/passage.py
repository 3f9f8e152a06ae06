"""A video's whole way through the library, with nothing painted; and what can be compared afterwards."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from contracts.media import EncodeSpec, MediaInfo, Plan
from media.containers.container import kind_of, main_video, open_container
from media.containers.remux import remux
from media.encode import SEGMENT_SUFFIX, SegmentWriter
from media.frames import read_range
from media.joining.join import JoinReport, join
from media.joining.prints import payload
from media.pixels.planes import planes
from media.pixels.steady import steady_of
from media.plan import plan
from media.probe import probe
from media.sources.source import open_source
from media.spec import encode_spec

Luma = npt.NDArray[np.float32]


@dataclass
class Passage:
    """What went in and what came out."""

    info: MediaInfo
    plan: Plan
    spec: EncodeSpec
    report: JoinReport
    out: Path


def passed(
    film: Path,
    folder: Path,
    seconds: float = 1.0,
    size: tuple[int, int] | None = None,
    fps: Fraction | None = None,
) -> Passage:
    """Probe, plan, read, encode and join `film` in segments of about `seconds`."""
    info = probed(film)
    spec = encode_spec(info, size, fps)
    frames = with_index(film, folder, seconds)
    with open_source(frames) as source:
        cut = plan(source, seconds, every_frame=fps is not None)
    parts, damaged = [], []
    for span in cut.segments:
        part = folder / f"{span.index}{SEGMENT_SUFFIX}"
        with open_source(frames) as source, SegmentWriter(part, spec, span.previous_pts) as writer:
            reader = read_range(source, cut.stream_index, span, steady=steady_of(spec))
            for frame in reader:
                writer.write(frame)
        parts.append(part)
        damaged += [span] if reader.damaged else []
    out = folder / f"result{spec.suffix}"
    return Passage(info, cut, spec, join(parts, film, out, spec, damaged), out)


def with_index(film: Path, folder: Path, seconds: float) -> Path:
    """What planner and agents read: the work copy, where there is one."""
    with open_source(film) as source:
        return folder / "work" if remux(source, folder / "work", seconds) else film


def probed(path: Path) -> MediaInfo:
    """What the file at `path` is."""
    with open_source(path) as source:
        return probe(source)


def luma(path: Path) -> Iterator[tuple[Fraction, Luma]]:
    """Time in seconds and luma, 0 to 1, of every frame that a player shows."""
    with open_source(path) as source, open_container(source) as container:
        video = main_video(container)
        for frame in container.decode(video):
            top = np.float32(2 ** frame.format.components[0].bits - 1)
            yield frame.pts * video.time_base, planes(frame)[0].astype(np.float32) / top


def psnr(one: Luma, other: Luma) -> float:
    """Peak signal-to-noise ratio in dB; at most 99."""
    apart = (one - other).ravel()
    error = float(np.dot(apart, apart)) / apart.size
    return 99.0 if error < 1e-10 else -10 * float(np.log10(error))


def sounds(path: Path) -> dict[int, list[tuple[Fraction | None, Fraction | None, str]]]:
    """Every packet that is not the main video's: time, duration, hash; by the order of their streams.

    Of containers that store no durations there are none: demuxers guess them.
    """
    rows: dict[int, list[tuple[Fraction | None, Fraction | None, str]]] = defaultdict(list)
    with open_source(path) as source:
        stored = kind_of(source) in ("mp4", "mov")
    with open_source(path) as source, open_container(source) as container:
        video = main_video(container)
        for packet in container.demux():
            if packet.stream is video or not packet.size:
                continue
            time = packet.pts * packet.time_base if packet.pts is not None else None
            length = (packet.duration or 0) * packet.time_base if stored else None
            rows[packet.stream.index].append((time, length, hashlib.sha256(payload(packet)).hexdigest()))
    return dict(sorted(rows.items()))


def start(path: Path) -> Fraction:
    """Seconds at which the file begins."""
    with open_source(path) as source, open_container(source) as container:
        return Fraction(container.start_time or 0, 1_000_000)
