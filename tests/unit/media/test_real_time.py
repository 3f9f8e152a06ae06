"""SVT-AV1 asks for real-time priority where it may, as root: none of our threads keeps it."""

import importlib
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from contracts.media import EncodeSpec
from media.encode import SegmentWriter, be_ordinary

AV1 = EncodeSpec(
    codec="av1", encoder="libsvtav1", pix_fmt="yuv420p", width=64, height=64, time_base=Fraction(1, 30),
    fps=Fraction(30), options={"preset": "12", "g": "30"},
)  # fmt: skip


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SVT_LOG", "0")
    yield
    be_ordinary()


def policies() -> set[int]:
    """The scheduling policies of all threads of this process."""
    found = set()
    for thread in Path("/proc/self/task").iterdir():
        try:
            found.add(os.sched_getscheduler(int(thread.name)))
        except ProcessLookupError:
            continue  # it ended meanwhile
    return found


def test_a_segment_of_av1_is_written_by_ordinary_threads(tmp_path: Path) -> None:
    with SegmentWriter(tmp_path / "part.nut", AV1, threads=1) as writer:
        for pts in range(4):
            writer.write(np.zeros((64, 64, 3), np.uint8), pts)
            assert policies() == {os.SCHED_OTHER}
    assert policies() == {os.SCHED_OTHER}


def test_the_doctor_stays_ordinary() -> None:
    codecs = importlib.import_module("visage.doctor.codecs")
    assert codecs._encode("libsvtav1", "yuv420p")
    assert policies() == {os.SCHED_OTHER}
