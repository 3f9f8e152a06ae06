"""A video made of segments beside the same made in one go: whether anything is to be seen at the joints.

Both are measured against what goes into the encoder when nothing is cut: the swapped frames, stored losslessly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from tests import films
from tests.clips import face_source, task_for, view
from tests.films import Film
from tests.portraits import hopper_path

from benchmarks.exact.pixels import Planes, psnr
from contracts.media import EncodeSpec, Plan
from gpu_agent.identities import Identities
from gpu_agent.pipeline import Workshop
from gpu_agent.wire import Order
from media.encode import SEGMENT_SUFFIX
from media.joining.join import join
from media.pixels.planes import planes
from media.plan import plan
from media.probe import probe
from media.sources.source import open_source
from media.spec import encode_spec

_FRAMES = 132
_SIZE = (320, 240)
_TARGET_SECONDS = 1.0
_WHOLE_SECONDS = 1e6
_JOINT = 3  # frames on either side belong to a joint
_NEIGHBORS = 12  # frames beyond those, on either side, are what a joint is measured against
_MOST_STEP = 0.5  # dB
_LEAST_SWAPPED = 50.0  # dB
_X264 = [
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-crf",
    "16",
    "-sc_threshold",
    "0",
    "-pix_fmt",
    "yuv420p",
    "-an",
]
_HOLES = ["-vf", r"select=not(eq(mod(n\,7)\,3))*not(between(n\,40\,49))", "-fps_mode", "vfr"]

_X265 = ["-c:v", "libx265", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p", "-an"]
_VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "0", "-crf", "12", "-an"]
_AV1 = ["-c:v", "libsvtav1", "-preset", "11", "-crf", "16", "-g", "30", "-pix_fmt", "yuv420p", "-an"]
_SECONDS = 9  # longer than the scene

FILMS = {
    "x264, cut at key frames": Film(".mp4", [*_X264, "-g", "30"], seconds=_SECONDS),
    "x264, cut by time": Film(".mp4", [*_X264, "-g", "999"], seconds=_SECONDS),
    "x264, variable rate": Film(".mp4", [*_X264, "-g", "999", *_HOLES], seconds=_SECONDS),
    "x265, cut at key frames": Film(
        ".mkv", [*_X265, "-x265-params", "log-level=none:keyint=30:scenecut=0"], seconds=_SECONDS
    ),
    "VP9, cut by time": Film(".webm", [*_VP9, "-g", "999", "-pix_fmt", "yuv420p"], seconds=_SECONDS),
    "AV1, cut at key frames": Film(".mp4", _AV1, seconds=_SECONDS),
}


@dataclass(frozen=True)
class Seams:
    """What a cut costs, in dB of whole frames.

    Attributes:
        segments: Of the cut result.
        swapped: Worst frame of what was swapped with cuts against what was swapped without, before any
            encoding; 99 is equal.
        mean, whole_mean: Of the cut and of the uncut result.
        joint, neighbors: At the joint that shows most: the worst frame within 3 of it, and the worst
            of the 12 before and after those.
        uncut: The worst of the joint's frames where nothing was cut.
        size: Bytes of the cut result over those of the uncut one.
    """

    name: str
    segments: int
    swapped: float
    mean: float
    whole_mean: float
    joint: float
    neighbors: float
    uncut: float
    size: float

    @property
    def step(self) -> float:
        """dB by which the worst frame of a joint is below the worst of its neighbors."""
        return self.neighbors - self.joint

    @property
    def shows(self) -> bool:
        """Whether the joint could be seen."""
        return self.step > _MOST_STEP or self.swapped < _LEAST_SWAPPED


def measure(name: str, folder: Path) -> Seams:
    """Make one of `FILMS` both ways, in `folder`."""
    film = films.made("seams", FILMS[name], folder, moving(folder))
    return compare(name, film, folder)


def compare(name: str, film: Path, folder: Path, seconds: float = _TARGET_SECONDS) -> Seams:
    """Make `film` in segments of about so many seconds and in one go."""
    with open_source(film) as source:
        spec = encode_spec(probe(source))
    cut, whole = _planned(film, seconds), _planned(film, _WHOLE_SECONDS)
    lossless = spec.model_copy(update={"encoder": "ffv1", "codec": "ffv1", "options": {}, "copies": False})
    truth = _parts(film, whole, lossless, folder / "truth")
    swapped = _parts(film, cut, lossless, folder / "pieces")
    results = [
        _result(film, spans, spec, folder / place) for spans, place in ((cut, "cut"), (whole, "whole"))
    ]
    apart = [_decibels(truth, [result], spec.pix_fmt) for result in results]
    worst = _worst_joint(apart[0], _joints(cut))
    return Seams(
        name=name,
        segments=len(cut.segments),
        swapped=min(_decibels(truth, swapped, spec.pix_fmt)),
        mean=float(np.mean(apart[0])),
        whole_mean=float(np.mean(apart[1])),
        joint=_around(apart[0], worst)[0],
        neighbors=_around(apart[0], worst)[1],
        uncut=_around(apart[1], worst)[0],
        size=results[0].stat().st_size / results[1].stat().st_size,
    )


def moving(folder: Path, frames: int = _FRAMES, size: tuple[int, int] = _SIZE) -> Path:
    """A face under a moving camera in every frame, losslessly."""
    path = folder / "moving.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(view(index, *size), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _planned(film: Path, seconds: float) -> Plan:
    with open_source(film) as source:
        return plan(source, seconds)


@cache
def _workshop() -> Workshop:
    return Workshop(Identities(), threads=1)


def _parts(film: Path, cut: Plan, spec: EncodeSpec, folder: Path) -> list[Path]:
    """Every segment, as an agent makes it."""
    folder.mkdir()
    face = face_source(hopper_path())
    made = []
    for span in cut.segments:
        out = folder / f"{span.index}{SEGMENT_SUFFIX}"
        changes: dict[str, Any] = {
            "range": span,
            "encode": spec,
            "time_base": cut.time_base,
            "stream_index": cut.stream_index,
        }
        order = Order(task=task_for(film, **changes), source_url=str(film), faces=[face], output=str(out))
        _workshop().make(order, lambda frames: None)
        made.append(out)
    return made


def _result(film: Path, cut: Plan, spec: EncodeSpec, folder: Path) -> Path:
    parts = _parts(film, cut, spec, folder)
    out = folder / f"result{spec.suffix}"
    join(parts, film, out, spec)
    return out


def _decibels(truth: list[Path], places: list[Path], pix_fmt: str) -> list[float]:
    """PSNR of every frame of `places` against that of `truth`."""
    pairs = zip(_pictures(truth), _pictures(places), strict=True)
    return [psnr(one, other, np.ones(one[0].shape, bool), pix_fmt) for one, other in pairs]


def _pictures(places: list[Path]) -> Iterator[Planes]:
    for place in places:
        with av.open(str(place)) as container:
            for frame in container.decode(video=0):
                yield [np.asarray(plane, np.float32) for plane in planes(frame)]


def _joints(cut: Plan) -> list[int]:
    """The first frame of every segment but the first."""
    counts = [span.frames or 0 for span in cut.segments]
    return [int(place) for place in np.cumsum(counts)[:-1]]


def _worst_joint(decibels: list[float], joints: list[int]) -> int:
    """The joint that shows most."""
    return max(joints, key=lambda joint: _around(decibels, joint)[1] - _around(decibels, joint)[0])


def _around(decibels: list[float], joint: int) -> tuple[float, float]:
    """The worst frame at a joint, and the worst of its neighbors."""
    low, high = joint - _JOINT, joint + _JOINT
    return min(decibels[low:high]), min(
        decibels[max(0, low - _NEIGHBORS) : low] + decibels[high : high + _NEIGHBORS]
    )
