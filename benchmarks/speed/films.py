"""Films to be swapped: a portrait under a moving camera, of any size, its face as large on screen as is wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from faces.detect import Picture
from visage import demo

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "4K": (3840, 2160)}
FPS = 30
MEDIUM = (
    0.3  # side of the face's square over the height of the picture: somebody who talks, seen to the chest
)
CLOSE = 0.75  # a face that fills the picture
_SQUARE = 162.0  # pixels of the portrait that the network's square covers
_GRAIN = 2.0  # levels, as of a camera


@dataclass(frozen=True, slots=True)
class Film:
    """A file of so many frames of width x height pixels."""

    path: Path
    width: int
    height: int
    frames: int

    @property
    def pixels(self) -> int:
        """In a frame."""
        return self.width * self.height


def film(folder: Path, size: str, frames: int, share: float = MEDIUM) -> Film:
    """Make a film with one face in every frame, the face's square `share` of the height."""
    width, height = SIZES[size]
    target = folder / f"{size}-{share:g}-{frames}.mp4"
    with av.open(str(target), "w") as container:
        options = {"preset": "ultrafast", "crf": "20", "g": str(FPS), "bf": "0"}
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index, picture in enumerate(pictures(width, height, frames, share)):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return Film(target, width, height, frames)


def pictures(width: int, height: int, frames: int, share: float) -> Iterator[Picture]:
    """The frames: the camera sways, turns and comes nearer a little."""
    still = demo.portrait()
    noise = np.random.default_rng(0).normal(0, _GRAIN, (height, width)).round().astype(np.int16)
    grain = np.repeat(noise[..., None], 3, axis=2)
    for index in range(frames):
        seen = _view(still, width, height, index, share)
        yield np.asarray(cv2.add(seen, np.roll(grain, 37 * index, 1), dtype=cv2.CV_8U), np.uint8)


def _view(still: Picture, width: int, height: int, index: int, share: float) -> Picture:
    phase, zoom = 2 * np.pi * index / 60, share * height / _SQUARE
    matrix = cv2.getRotationMatrix2D(demo.FACE_CENTER, 3 * np.sin(phase), zoom * (1 + 0.05 * np.sin(phase)))
    sway = np.array([0.02 * width * np.sin(phase), 0.02 * height * np.cos(phase)])
    matrix[:, 2] += np.array([width / 2, height * 0.45]) + sway - demo.FACE_CENTER
    seen = cv2.warpAffine(
        still, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(seen, np.uint8)
