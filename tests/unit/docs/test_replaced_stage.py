"""The engine and the casting that the page of the agent shows are run as they are shown."""

import ast
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
import pytest

from faces.align import template
from faces.detect import Detector, Picture
from gpu_agent.engines.base import Identity, Swapped
from gpu_agent.finding import Finder
from gpu_agent.swapping import swapped
from media.pixels.frame import Frame
from tests.portraits import astronaut
from tests.unit.docs.pages import blocks, rows, section, text_of

KNOWN = {
    "Finder": Finder,
    "Fraction": Fraction,
    "Identity": Identity,
    "Swapped": Swapped,
    "np": np,
    "swapped": swapped,
    "template": template,
}


def shown() -> str:
    return section(text_of("docs/agent.md"), "Replace a stage")


def two_faces() -> Picture:
    """A face of 256 pixels left of one of 512."""
    small = cv2.resize(astronaut(), (256, 256), interpolation=cv2.INTER_AREA)
    return np.hstack([cv2.copyMakeBorder(small, 0, 256, 0, 0, cv2.BORDER_REPLICATE), astronaut()])


def frame_of(picture: Picture, pts: int) -> Frame:
    video = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv444p")
    return Frame(video, pts)


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    """Two frames after the lines of the page went over them."""
    frames = [frame_of(two_faces(), pts) for pts in (0, 40)]
    names: dict[str, Any] = {**KNOWN, "frames": frames}
    exec("\n".join(blocks(shown(), "python")), names)
    assert [len(one.faces) for one in names["done"]] == [1, 1]
    return frames


def test_an_engine_and_a_casting_are_ten_lines() -> None:
    lines = blocks(shown(), "python")[0].splitlines()
    assert sum(bool(line.strip()) for line in lines) <= 10


def test_the_face_on_the_right_is_mirrored(frames: list[Frame]) -> None:
    before, after = frame_of(two_faces(), 0).to_bgr(), frames[0].to_bgr()
    face = Detector().detect(astronaut())[0]
    x, y, width, height = (round(value) for value in face.box)
    box = (slice(y + height // 4, y + height * 3 // 4), slice(256 + x + width // 4, 256 + x + width * 3 // 4))
    assert np.abs(before[box].astype(int) - after[box]).mean() > 3
    assert np.array_equal(before[:, :256], after[:, :256])


@pytest.mark.parametrize("row", rows(shown()), ids=lambda row: row[0])
def test_every_protocol_is_where_the_page_says(row: list[str]) -> None:
    name, place = (row[1].split("`")[index] for index in (1, 3))
    classes = [one for one in ast.parse(text_of(place)).body if isinstance(one, ast.ClassDef)]
    (bases,) = ([ast.unparse(base) for base in one.bases] for one in classes if one.name == name)
    assert "Protocol" in bases
