"""Posters and previews show the film upright, in time, in what a browser plays."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

import sandbox
from contracts.errors import MediaError, Reason
from contracts.media import EncodeSpec, MediaInfo, Plan
from contracts.settings import SandboxSettings
from media.containers.boxes import top_boxes
from media.encode import SegmentWriter
from media.frames import read_range
from media.jobs import JoinRequest, PlanRequest, ProbeRequest, StillReply, StillRequest
from media.joining.report import JoinReport
from media.previews.preview import browser_preview, plays_in_browser, poster
from media.sources.source import open_source
from media.spec import encode_spec
from tests import films
from tests.integration.media.passage import probed, psnr

_LIMITS = SandboxSettings(memory_mb=2048, cpu_seconds=60, wall_seconds=100)


@pytest.mark.parametrize(
    ("name", "plays"),
    [
        ("b_frames", True), ("vp9_opus", True), ("av1", True), ("hevc", False), ("prores_pcm", False),
        ("transport_stream", False), ("avi", False), ("full_range_444", False),
    ],
)  # fmt: skip
def test_what_a_browser_does_not_play_gets_a_preview_that_it_does(
    name: str, plays: bool, tmp_path: Path
) -> None:
    film = films.make(name, tmp_path)
    info = probed(film)
    assert plays_in_browser(info) is plays
    if plays:
        return
    out = tmp_path / "preview.mp4"
    browser_preview(film, out, max_height=160)
    seen = probed(out)
    assert plays_in_browser(seen)
    assert (seen.video.codec, seen.video.pix_fmt, seen.video.width, seen.video.height) == (
        "h264",
        "yuv420p",
        214,
        160,
    )
    assert [audio.codec for audio in seen.audio] == ["aac"]
    assert seen.duration_seconds == pytest.approx(info.duration_seconds, abs=0.1)
    with open_source(out) as source:
        kinds = [box.kind for box in top_boxes(source)]
    assert kinds.index(b"moov") < kinds.index(b"mdat")


def test_sound_that_changes_midway_goes_on_in_the_preview(tmp_path: Path) -> None:
    parts = []
    for rate, channels, start in ((48000, 2, 0), (44100, 1, 1)):
        parts.append(tmp_path / f"{rate}.ts")
        films.ffmpeg([
            "-f", "lavfi", "-t", "1", "-i", "testsrc2=size=64x48:rate=25",
            "-f", "lavfi", "-t", "1", "-i", f"sine=sample_rate={rate}", "-ac", str(channels), "-c:v", "libx264",
            "-c:a", "aac", "-output_ts_offset", str(start), str(parts[-1]),
        ])  # fmt: skip
    film, out = tmp_path / "both.ts", tmp_path / "preview.mp4"
    film.write_bytes(b"".join(part.read_bytes() for part in parts))
    browser_preview(film, out)
    with av.open(str(out)) as made:
        times = [float(frame.pts * frame.time_base) for frame in made.decode(audio=0)]
    assert times[-1] == pytest.approx(2.0, abs=0.1)
    assert np.diff(times) == pytest.approx(1024 / 48000, abs=0.001)


def _looks(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") / 255 for frame in container.decode(video=0)]


def test_a_preview_shows_the_same_frames(tmp_path: Path) -> None:
    film = films.make("full_range_444", tmp_path)
    browser_preview(film, tmp_path / "preview.mp4")
    before, after = _looks(film), _looks(tmp_path / "preview.mp4")
    assert len(before) == len(after)
    assert min(psnr(one, other) for one, other in zip(before, after, strict=True)) > 25


def test_a_poster_is_the_first_frame_that_shows_something(tmp_path: Path) -> None:
    film, out = tmp_path / "film.mp4", tmp_path / "poster.jpg"
    fade = "testsrc2=size=320x240:rate=30,fade=in:start_frame=15:nb_frames=1"
    films.ffmpeg(["-f", "lavfi", "-t", "1", "-i", fade, "-c:v", "libx264", "-pix_fmt", "yuv420p", str(film)])
    poster(film, out)
    with Image.open(out) as image:
        assert image.size == (320, 240)
        assert np.asarray(image.convert("L")).std() > 20


def test_a_poster_is_turned_as_a_player_turns_it(tmp_path: Path) -> None:
    flat, film = films.make("b_frames", tmp_path), films.make("rotated", tmp_path)
    poster(flat, tmp_path / "flat.jpg")
    poster(film, tmp_path / "turned.jpg")
    with Image.open(tmp_path / "flat.jpg") as one, Image.open(tmp_path / "turned.jpg") as other:
        assert other.size == (240, 320)
        upright = one.rotate(
            90, expand=True
        )  # the film was marked as to be turned 90 degrees counterclockwise
        assert abs(np.asarray(upright).astype(int) - np.asarray(other)).mean() < 12


async def test_every_step_runs_in_the_sandbox(tmp_path: Path) -> None:
    film = films.make("b_frames", tmp_path)
    info = await sandbox.run("media.jobs:probe", ProbeRequest(url=str(film)), MediaInfo, limits=_LIMITS)
    cut = await sandbox.run(
        "media.jobs:plan", PlanRequest(url=str(film), segment_seconds=1), Plan, limits=_LIMITS
    )
    spec = EncodeSpec.model_validate_json(encode_spec(info).model_dump_json())
    parts = []
    for span in cut.segments:
        part = tmp_path / f"{span.index}.nut"
        with open_source(film) as source, SegmentWriter(part, spec, span.previous_pts) as writer:
            for frame in read_range(source, cut.stream_index, span):
                writer.write(frame)
        parts.append(str(part))
    out = tmp_path / "out.mp4"
    request = JoinRequest(segments=parts, original=str(film), out=out, encode=spec)
    report = await sandbox.run("media.jobs:join", request, JoinReport, limits=_LIMITS)
    assert report.frames == cut.frames == 90
    for job, name in (("poster", "p.jpg"), ("preview", "p.mp4")):
        still = StillRequest(video=str(out), out=tmp_path / name)
        reply = await sandbox.run(f"media.jobs:{job}", still, StillReply, limits=_LIMITS)
        assert reply.size == (tmp_path / name).stat().st_size > 0


async def test_a_refusal_comes_out_of_the_sandbox_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no video" * 1000)
    with pytest.raises(MediaError) as caught:
        await sandbox.run(
            "media.jobs:probe", ProbeRequest(url=str(tmp_path / "text")), MediaInfo, limits=_LIMITS
        )
    assert caught.value.reason is Reason.NOT_MEDIA
