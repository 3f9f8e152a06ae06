"""Segments made of small clips: every frame, only the face, whatever the cut, the rotation, the rate."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from contracts.errors import Reason, VisageError, WorkError
from contracts.media import MediaKind
from contracts.messages import SegmentTask
from faces.detect import Detector, Picture
from gpu_agent.identities import Identities
from gpu_agent.pipeline import Workshop
from gpu_agent.wire import Order, Outcome
from media.pictures.change import read_change
from media.sources.source import open_source
from tests.clips import STEP, face_source, frames_of, spec_of, task_for, write_clip
from tests.portraits import astronaut, encoded, hopper_path


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop(Identities(), threads=1)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 40)


def make(
    workshop: Workshop, source: Path, task: SegmentTask, out: Path, photo: Path | None = None
) -> tuple[Outcome, list[int]]:
    """Make the segment; what it said of its progress comes with it."""
    face = face_source(photo or hopper_path())
    told: list[int] = []
    order = Order(task=task, source_url=str(source), faces=[face] if task.faces else [], output=str(out))
    return workshop.make(order, told.append), told


@dataclass(frozen=True)
class Made:
    """A segment of the whole clip: what was said of it, on the way too, and where it is."""

    outcome: Outcome
    told: list[int]
    path: Path


@pytest.fixture(scope="module")
def whole(workshop: Workshop, clip: Path) -> Made:
    path = clip.with_name("whole.nut")
    return Made(*make(workshop, clip, task_for(clip), path), path)


def psnr(a: Picture, b: Picture) -> float:
    error = ((a.astype(np.float64) - b) ** 2).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def around_faces(picture: Picture) -> np.ndarray:
    """True where no face is near."""
    far = np.ones(picture.shape[:2], bool)
    for face in Detector().detect(picture):
        x, y, width, height = (round(value) for value in face.box)
        far[max(0, y - 25) : y + height + 25, max(0, x - 25) : x + width + 25] = False
    return far


def test_every_frame_once_and_only_the_face_changed(clip: Path, whole: Made) -> None:
    outcome, told = whole.outcome, whole.told
    before, after = frames_of(clip), frames_of(whole.path)
    assert [pts for pts, _ in after] == [pts for pts, _ in before]
    assert (outcome.frames, outcome.faces, outcome.face_frames) == (40, 40, 40)
    assert (outcome.first_pts, outcome.last_pts) == (0, 39 * STEP)
    assert told == sorted(told)
    for (_, old), (_, new) in zip(before[::5], after[::5], strict=True):
        far = around_faces(old)
        assert 0.2 < far.mean() < 0.95
        assert psnr(old[far], new[far]) >= 42
        assert psnr(old[~far], new[~far]) < 35


def test_the_face_moves_as_smoothly_as_before(clip: Path, whole: Made) -> None:
    detector = Detector()

    def shake(path: Path) -> float:
        """How unsteady the eyes and nose are: mean second difference of their path, in pixels."""
        path_of = np.stack([detector.detect(picture)[0].points.mean(0) for _, picture in frames_of(path)])
        return float(np.linalg.norm(np.diff(path_of, 2, axis=0), axis=1).mean())

    assert shake(whole.path) < 1.5 * shake(clip) + 0.3


def test_a_cut_changes_nothing_that_can_be_seen(
    workshop: Workshop, clip: Path, whole: Made, tmp_path: Path
) -> None:
    cut = 17 * STEP
    make(workshop, clip, task_for(clip, end=cut), tmp_path / "a.nut")
    make(workshop, clip, task_for(clip, start=cut), tmp_path / "b.nut")
    uncut = frames_of(whole.path)
    parts = frames_of(tmp_path / "a.nut") + frames_of(tmp_path / "b.nut")
    assert [pts for pts, _ in parts] == [pts for pts, _ in uncut]
    assert min(psnr(a, b) for (_, a), (_, b) in zip(uncut, parts, strict=True)) > 38


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotated_videos_are_swapped_as_they_are_seen(
    workshop: Workshop, tmp_path: Path, rotation: int
) -> None:
    clip = write_clip(tmp_path / "turned.mp4", 8, rotation=rotation)
    task = task_for(clip)
    task = task.model_copy(update={"encode": spec_of(clip, rotation=rotation)})
    outcome, _ = make(workshop, clip, task, tmp_path / "out.nut")
    assert outcome.face_frames == 8
    (_, old), (_, new) = frames_of(clip)[4], frames_of(tmp_path / "out.nut")[4]
    assert new.shape == old.shape
    seen_old, seen_new = (np.ascontiguousarray(np.rot90(p, -rotation // 90)) for p in (old, new))
    far = around_faces(seen_old)
    assert psnr(seen_old[far], seen_new[far]) >= 42
    assert psnr(seen_old[~far], seen_new[~far]) < 35
    assert len(Detector().detect(seen_new)) == 1


def test_irregular_times_are_kept(workshop: Workshop, tmp_path: Path) -> None:
    times = [0, 512, 1100, 1500, 2900, 3000, 4096, 9000, 9512, 9700]
    clip = write_clip(tmp_path / "vfr.mp4", 10, pts=times)
    make(workshop, clip, task_for(clip), tmp_path / "out.nut")
    assert [pts for pts, _ in frames_of(tmp_path / "out.nut")] == times


def test_a_rate_limit_keeps_the_same_frames_cut_or_not(
    workshop: Workshop, clip: Path, tmp_path: Path
) -> None:
    def times(name: str, **span: int) -> list[int]:
        task = task_for(clip, **span)
        limited = spec_of(clip, fps_limit=Fraction(15))
        outcome, _ = make(workshop, clip, task.model_copy(update={"encode": limited}), tmp_path / name)
        assert outcome.frames == outcome.face_frames
        return [pts for pts, _ in frames_of(tmp_path / name)]

    whole = times("whole.nut")
    assert len(whole) == 20
    assert times("a.nut", end=17 * STEP) + times("b.nut", start=17 * STEP) == whole


def test_frames_without_a_face_pass_untouched(workshop: Workshop, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "empty.mp4", 12, faces=False)
    outcome, _ = make(workshop, clip, task_for(clip), tmp_path / "out.nut")
    assert (outcome.frames, outcome.faces, outcome.face_frames) == (12, 0, 0)
    pairs = zip(frames_of(clip), frames_of(tmp_path / "out.nut"), strict=True)
    assert min(psnr(old, new) for (_, old), (_, new) in pairs) > 42


def test_without_a_face_to_put_nothing_is_swapped(workshop: Workshop, clip: Path, tmp_path: Path) -> None:
    outcome, _ = make(workshop, clip, task_for(clip, faces=[]), tmp_path / "out.nut")
    assert (outcome.frames, outcome.faces) == (40, 0)


def test_a_picture_is_one_frame(workshop: Workshop, clip: Path, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(encoded(astronaut()))
    spec = spec_of(
        clip, encoder="picture", codec="png", container="png", pix_fmt="bgr24", width=512, height=512
    )
    span = task_for(clip).range
    task = task_for(
        clip, kind=MediaKind.PICTURE, encode=spec, range=span, output_key="jobs/1/segments/0-1.png"
    )
    outcome, _ = make(workshop, photo, task, tmp_path / "out.png")
    assert (outcome.frames, outcome.faces) == (1, 1)
    with open_source(tmp_path / "out.png") as segment:
        change = read_change(segment)
    assert change is not None
    far = around_faces(astronaut())[change.box.rows, change.box.columns]
    assert (change.before == astronaut()[change.box.rows, change.box.columns]).all()
    assert not (change.changed & far).any()
    assert psnr(change.after[~far], change.before[~far]) < 35


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"engine": "none-such"}, Reason.ENGINE_MISSING), ({"source": b""}, Reason.EMPTY_FILE)],
)
def test_what_cannot_be_made_says_why(
    workshop: Workshop, clip: Path, tmp_path: Path, change: dict[str, object], reason: Reason
) -> None:
    source = clip
    if "source" in change:
        source = tmp_path / "empty"
        source.write_bytes(b"")
    task = task_for(clip, **{name: value for name, value in change.items() if name != "source"})
    with pytest.raises(VisageError) as caught:
        make(workshop, source, task, tmp_path / "out.nut")
    assert caught.value.reason is reason


def test_an_engine_that_fails_in_a_thread_is_heard(clip: Path, tmp_path: Path) -> None:
    class Broken(Identities):
        """Has an engine that never swaps."""

        def engine(self, name: str, weights: object = None) -> object:  # type: ignore[override]
            engine = super().engine(name)

            def swap(*_: object) -> None:
                raise WorkError(Reason.ENGINE_FAILED, "broken")

            engine.swap = swap  # type: ignore[method-assign,assignment]
            return engine

    with pytest.raises(WorkError, match="broken"):
        make(Workshop(Broken()), clip, task_for(clip), tmp_path / "out.nut")


def test_a_range_without_frames_is_said(workshop: Workshop, clip: Path, tmp_path: Path) -> None:
    with pytest.raises(VisageError) as caught:
        make(workshop, clip, task_for(clip, start=5 * STEP + 1, end=6 * STEP - 1), tmp_path / "out.nut")
    assert caught.value.reason is Reason.DECODE_FAILED
