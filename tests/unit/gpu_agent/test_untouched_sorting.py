"""Groups told apart as they come: every frame once, in order, whatever is copied and however few may wait."""

import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from contracts.media import EncodeSpec, MediaKind, SegmentRange
from faces.detect import Picture
from gpu_agent.seen import Seen, SeenFace
from gpu_agent.untouched import Copied, Item, Looked, Sorting
from media.frames import read_range
from media.pixels.frame import Frame
from media.sources.source import open_source
from media.spec import encode_spec
from media.untouched.groups import Groups
from tests import films
from tests.integration.media.passage import probed

_GROUP = 40  # frames of "b_frames", which has 90: 40, 40 and 10
_FRAMES = 90
_FACE = [SeenFace(np.zeros((5, 2), np.float32))]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return films.make("b_frames", tmp_path_factory.mktemp("film"))


class Sorted:
    """What becomes of a film's frames `first` to `last` (exclusive) where those of `faces` show a face.

    Attributes:
        again: The ranges that were decoded once more.
        looked: How many frames waited for their group to be decided.
        most, most_pictures: The most frames, and pictures made of frames, that were alive at once.
    """

    def __init__(
        self,
        film: Path,
        faces: set[int],
        first: int = 0,
        last: int = _FRAMES,
        held: int = 2**30,
        reorder: int = 2,
    ) -> None:
        info = probed(film)
        self.spec: EncodeSpec = encode_spec(info).model_copy(update={"reorder_frames": reorder})
        assert self.spec.copies and info.kind is MediaKind.VIDEO
        self.step = round(1 / (self.spec.fps * self.spec.time_base))
        self.again: list[tuple[int, int]] = []
        self.looked = self.most = self.most_pictures = 0
        self._pictures: list[weakref.ref[Picture]] = []
        self._alive: weakref.WeakSet[Frame] = weakref.WeakSet()
        self._film, self._faces = film, faces
        self._span = self._range(first, last)
        self.items = list(self._sort(held))

    @property
    def frames(self) -> list[int]:
        """Numbers of the frames that are encoded."""
        return [item.frame.pts // self.step for item in self.items if isinstance(item, Seen)]

    @property
    def copied(self) -> list[int]:
        """Numbers of the frames that are copied."""
        return [pts // self.step for item in self.items if isinstance(item, Copied) for pts in item.times]

    def pixels(self) -> dict[int, bytes]:
        """The encoded frames' luma."""
        seen = (item for item in self.items if isinstance(item, Seen))
        return {one.frame.pts // self.step: bytes(one.frame.video.planes[0]) for one in seen}

    def _range(self, first: int, last: int) -> SegmentRange:
        start, end = first * self.step, last * self.step if last < _FRAMES else None
        last_key = last // _GROUP * _GROUP * self.step if end is not None else None
        times = {"start_pts": start, "end_pts": end, "last_key_pts": last_key, "previous_pts": start - 1}
        return SegmentRange(index=first, seek_pts=0, seconds=1, **times)

    def _sort(self, held: int) -> Iterator[Item]:
        groups = Groups(self.spec, self._span)
        with open_source(self._film) as source:
            seen = self._seen(read_range(source, 0, self._span, watch=groups))
            for item in Sorting(groups, self.spec, self._decoded_again, held).sorted(seen):
                self.most = max(self.most, len(self._alive))
                self.most_pictures = max(self.most_pictures, sum(one() is not None for one in self._pictures))
                self.looked += isinstance(item, Looked)
                if not isinstance(item, Looked):
                    yield item

    def _seen(self, frames: Iterator[Frame]) -> Iterator[Seen[Frame]]:
        for frame in frames:
            self._alive.add(frame)
            self._pictures.append(weakref.ref(frame.to_bgr()))
            yield Seen(frame, _FACE if frame.pts // self.step in self._faces else [])

    def _decoded_again(self, first: int, last: int) -> Iterator[Frame]:
        self.again.append((first // self.step, last // self.step))
        with open_source(self._film) as source:
            yield from read_range(source, 0, self._range(first // self.step, last // self.step + 1))


def test_a_group_is_copied_where_no_frame_of_it_has_a_face(film: Path) -> None:
    done = Sorted(film, {50})
    assert done.copied == [*range(40), *range(80, 90)]
    assert done.frames == list(range(40, 80))
    packets = [packet for item in done.items if isinstance(item, Copied) for packet in item.packets]
    assert sorted(packet.pts // done.step for packet in packets) == done.copied


def test_without_any_face_all_is_copied_and_with_faces_everywhere_nothing(film: Path) -> None:
    assert Sorted(film, set()).copied == list(range(_FRAMES))
    assert Sorted(film, set(range(_FRAMES))).frames == list(range(_FRAMES))


def test_groups_across_the_ends_of_a_range_are_encoded(film: Path) -> None:
    done = Sorted(film, set(), first=20, last=85)
    assert done.copied == list(range(40, 80))
    assert done.frames == [*range(20, 40), *range(80, 85)]
    assert done.looked == _GROUP  # of the others it was known at once


def test_a_group_that_reorders_more_than_the_result_allows_for_is_encoded(film: Path) -> None:
    assert encode_spec(probed(film)).reorder_frames == 2
    assert Sorted(film, set(), reorder=1).frames == list(range(_FRAMES))


@pytest.mark.parametrize("late", [79, 41])
def test_frames_that_were_let_go_come_again_as_they_were(film: Path, late: int) -> None:
    roomy, tight = Sorted(film, {late}), Sorted(film, {late}, held=3 * 320 * 240 * 3 // 2)
    assert roomy.again == []
    assert tight.again == ([(40, late - 1)] if late > 43 else [])
    assert tight.frames == roomy.frames == list(range(40, 80))
    assert tight.pixels() == roomy.pixels()


def test_no_more_frames_wait_than_there_is_room_for(film: Path) -> None:
    done = Sorted(film, set(), held=3 * 320 * 240 * 3 // 2)
    assert done.copied == list(range(_FRAMES))
    assert done.most <= 6  # three that wait, one that comes, one in the reader's hands, one being let go
    roomy = Sorted(film, set())
    assert roomy.most >= _GROUP and roomy.most_pictures <= 3
