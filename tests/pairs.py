"""A film with two people in it: they pass each other, and a cut exchanges their places."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np

from faces.detect import Detector, Picture, Points
from faces.recognize import SFace, Vector
from tests.clips import STEP, TIME_BASE
from tests.portraits import astronaut, hopper

SIZE = (440, 220)
COLLINS, HOPPER = "collins", "hopper"
PASS, CUT, END = 3, 20, 26  # frames: they begin to walk, the places are exchanged, nothing follows
_WALK = 14  # frames
_EYES = 26.0  # pixels between the eyes


@dataclass(frozen=True)
class Place:
    """Where somebody's face is: the middle between eyes and mouth, in pixels."""

    who: str
    x: float
    y: float

    def is_near(self, points: Points) -> bool:
        """Whether five points are this face's."""
        return float(np.hypot(*(points.mean(0) - (self.x, self.y)))) < _EYES


def places(index: int) -> list[Place]:
    """Who is where in a frame. While one walks before the other, the one behind is not named."""
    if index >= CUT:
        return [Place(COLLINS, 110, 110), Place(HOPPER, 330, 110)]
    walked = 220 * min(max(index - PASS, 0) / _WALK, 1.0)
    here = [Place(COLLINS, 110 + walked, 110), Place(HOPPER, 330 - walked, 110)]
    return here[:1] if abs(here[0].x - here[1].x) < 150 else here


def frame(index: int) -> Picture:
    """The pixels of a frame, BGR of `SIZE`."""
    width, height = SIZE
    picture = np.full((height, width, 3), (96, 104, 112), np.uint8)
    walked = 220 * min(max(index - PASS, 0) / _WALK, 1.0)
    middles = (
        {HOPPER: 330 - walked, COLLINS: 110 + walked} if index < CUT else {HOPPER: 330.0, COLLINS: 110.0}
    )
    for who, middle in middles.items():  # the last one goes in front
        tile = _tile(who)
        left, top = round(middle) - tile.shape[1] // 2, height - tile.shape[0]
        picture[top:, left : left + tile.shape[1]] = tile
    return picture


@cache
def _tile(who: str) -> Picture:
    """Head and shoulders in 180 x 200 pixels, the face's middle at its own."""
    portrait = _portrait(who)
    points = Detector().detect(portrait)[0].points
    zoom = _EYES / float(np.linalg.norm(points[1] - points[0]))
    x, y = points.mean(0)
    matrix = np.array([[zoom, 0, 90 - x * zoom], [0, zoom, 90 - y * zoom]])
    tile = cv2.warpAffine(portrait, matrix, (180, 200), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(tile, np.uint8)


def _portrait(who: str) -> Picture:
    return astronaut() if who == COLLINS else hopper()


@cache
def vector(who: str) -> Vector:
    """What the recognizer makes of somebody's portrait."""
    portrait = _portrait(who)
    return SFace().embed(portrait, Detector().detect(portrait)[0].points)


def write(path: Path, frames: range = range(END)) -> Path:
    """These frames of the film as H.264 at 30 frames a second, silent."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=30, options={"crf": "12", "preset": "veryfast", "g": "30"}
        )
        (stream.width, stream.height), stream.pix_fmt, stream.time_base = SIZE, "yuv420p", TIME_BASE
        stream.codec_context.time_base = TIME_BASE
        for place, index in enumerate(frames):
            shown = av.VideoFrame.from_ndarray(frame(index), format="bgr24")
            shown.pts, shown.time_base = place * STEP, TIME_BASE
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    return path
