"""Clips made of a portrait under a moving camera, and tasks about them."""

from fractions import Fraction
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

import av
import cv2
import numpy as np

from contracts.media import EncodeSpec, MediaKind, SegmentRange
from contracts.messages import FaceRef, PhotoRef, SegmentTask
from faces.detect import Detector, Picture
from gpu_agent.wire import FaceSource, PhotoSource
from tests.portraits import astronaut, hopper

TIME_BASE = Fraction(1, 15360)
STEP = 512  # ticks between two frames at 30 frames a second


def view(index: int, width: int = 480, height: int = 360) -> Picture:
    """One frame: the astronaut's face drifting and growing over a frame of fine stripes."""
    zoom, angle = 1.1 + 0.004 * index, 0.02 * np.sin(index / 9)
    cos, sin = zoom * np.cos(angle), zoom * np.sin(angle)
    x, y = width / 2 + 30 * np.sin(index / 15), height / 2 + 12 * np.cos(index / 11)
    matrix = np.array([[cos, -sin, x - cos * 222 + sin * 118], [sin, cos, y - sin * 222 - cos * 118]])
    return np.asarray(
        cv2.warpAffine(astronaut(), matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def write_clip(
    path: Path,
    frames: int = 45,
    *,
    faces: bool = True,
    rotation: int = 0,
    pts: list[int] | None = None,
    scale: int = 1,
) -> Path:
    """H.264 of so many frames of 480 x 360, times `scale`, silent. Without `faces` it shows one color."""
    with av.open(str(path), "w") as container:
        options = {"crf": "14", "preset": "veryfast" if scale == 1 else "ultrafast", "g": "30"}
        stream = container.add_stream("libx264", rate=30, options=options)
        stream.width, stream.height = (
            (360 * scale, 480 * scale) if rotation % 180 else (480 * scale, 360 * scale)
        )
        stream.pix_fmt, stream.time_base = "yuv420p", TIME_BASE
        stream.codec_context.time_base = TIME_BASE
        for index in range(frames):
            picture = view(index) if faces else np.full((360, 480, 3), (index % 200, 90, 120), np.uint8)
            picture = np.kron(picture, np.ones((scale, scale, 1), np.uint8))
            picture = np.ascontiguousarray(np.rot90(picture, rotation // 90))  # stored turned back
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = (pts[index] if pts else index * STEP), TIME_BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def spec_of(path: Path, **changes: object) -> EncodeSpec:
    """H.264 at the clip's own size, nearly lossless."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        spec = EncodeSpec(
            codec="h264",
            encoder="libx264",
            pix_fmt="yuv420p",
            width=stream.width,
            height=stream.height,
            time_base=stream.time_base,
            fps=stream.average_rate,
            options={"crf": "8", "preset": "veryfast"},
        )
    return spec.model_copy(update=changes)


@cache
def hopper_ref(key: str = "faces/hopper/photo") -> FaceRef:
    """Grace Hopper's face as the gateway would have found it."""
    points = [(float(x), float(y)) for x, y in Detector().detect(hopper())[0].points]
    return FaceRef(face_id=UUID(int=7), photos=[PhotoRef(key=key, points=points)])


def face_source(url: str | Path, face: FaceRef | None = None) -> FaceSource:
    """A face, Grace Hopper's by default, whose photo is at `url`."""
    face = face or hopper_ref()
    photos = [PhotoSource(url=str(url), points=photo.points) for photo in face.photos]
    return FaceSource(face_id=face.face_id, photos=photos)


def task_for(
    path: Path,
    *,
    start: int = 0,
    end: int | None = None,
    source_key: str = "uploads/clip/source",
    **changes: object,
) -> SegmentTask:
    """A task for the clip's frames with start <= pts < end."""
    job, attempt = uuid4(), uuid4()
    spec = spec_of(path)
    span = SegmentRange(
        index=0,
        start_pts=start,
        end_pts=end,
        seek_pts=0,
        previous_pts=start - STEP if start else None,
        seconds=1.5,
    )
    task = SegmentTask(
        attempt_id=attempt,
        job_id=job,
        segment_index=0,
        attempt=1,
        kind=MediaKind.VIDEO,
        source_key=source_key,
        source_size=path.stat().st_size,
        stream_index=0,
        time_base=spec.time_base,
        range=span,
        encode=spec,
        engine="paste",
        faces=[hopper_ref()],
        output_key=f"jobs/{job}/segments/0-{attempt}.nut",
        timeout_seconds=60,
    )
    return task.model_copy(update=changes)


def frames_of(path: Path) -> list[tuple[int, Picture]]:
    """PTS and BGR pixels of every frame. A segment's file names the time its first frame stands for."""
    with av.open(str(path)) as container:
        named = container.metadata.get("first_pts")
        unit = container.streams.video[0].time_base / TIME_BASE
        frames = [(frame.pts, frame.to_ndarray(format="bgr24")) for frame in container.decode(video=0)]
    shift = int(named) - round(frames[0][0] * unit) if named is not None else 0
    return [(round(pts * unit) + shift, picture) for pts, picture in frames]
