"""A whole video the published scripts' way: frames to JPEG files, and the files to a video."""

from fractions import Fraction
from functools import partial, reduce
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.official.stages import Official, jpeg
from benchmarks.speed.films import Film
from benchmarks.speed.machine import finish
from benchmarks.speed.spent import Cost, Spent
from faces.detect import Picture

_ENCODER = {"preset": "medium", "crf": "23"}  # moviepy's and x264's defaults


def swap_video(film: Film, official: Official, folder: Path, frames: int, device: str) -> dict[str, Cost]:
    """Swap the first `frames` of a film: the cost a frame of each stage, its cheapest frame's."""
    files = [folder / f"frame_{index:07d}.jpg" for index in range(frames)]
    video = cv2.VideoCapture(str(film.path))
    rows = [_swap_frame(video, official, file, device) for file in files]
    video.release()
    least = {stage: reduce(Cost.least, (row[stage] for row in rows)) for stage in rows[0]}
    spent = Spent()
    spent.on("encode", lambda: _encode(files, folder / "official.mp4", film))
    return least | {"encode": spent.costs["encode"].shared(frames)}


def _swap_frame(video: cv2.VideoCapture, official: Official, file: Path, device: str) -> dict[str, Cost]:
    spent = Spent(partial(finish, device))
    frame = np.asarray(spent.on("decode", video.read)[1], np.uint8)
    # The frame as it was is written first, once for each face.
    spent.on("jpeg", partial(_write, file, frame))
    done = official.swapped(frame, spent)
    spent.on("jpeg", partial(_write, file, done))
    return spent.costs


def _encode(files: list[Path], target: Path, film: Film) -> None:
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=30, options=_ENCODER)
        stream.width, stream.height, stream.pix_fmt = film.width, film.height, "yuv420p"
        for index, file in enumerate(files):
            frame = av.VideoFrame.from_ndarray(_picture(file), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _write(file: Path, picture: Picture) -> None:
    file.write_bytes(jpeg(picture))


def _picture(file: Path) -> Picture:
    return np.asarray(cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR), np.uint8)
