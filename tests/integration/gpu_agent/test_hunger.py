"""Files that ask for more than a process may have: it says so, and the next file is served."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

import sandbox
from contracts.errors import MediaError, Reason, VisageError
from contracts.media import MediaKind, Plan
from contracts.messages import SegmentTask
from contracts.settings import AgentSettings, SandboxSettings
from gpu_agent.child import Child
from gpu_agent.wire import Order
from media import jobs
from media.plan import plan
from media.probe import probe
from media.sources.source import open_source
from media.spec import encode_spec
from tests import films

_REFERENCES = "keyint=99:ref=16:bframes=0:scenecut=0"


@pytest.fixture(scope="module")
def hungry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frames of 4K, each of which may refer to all before: a decoder keeps sixteen."""
    path = tmp_path_factory.mktemp("hungry") / "4k.mp4"
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", _REFERENCES, "-pix_fmt", "yuv420p"]
    films.ffmpeg(["-f", "lavfi", "-t", "0.6", "-i", "color=s=3840x2160:r=10", *coding, str(path)])
    return path


@pytest.fixture(scope="module")
def modest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("modest") / "modest.mp4"
    films.ffmpeg(["-f", "lavfi", "-t", "0.5", "-i", "testsrc=s=64x48:r=10", "-c:v", "libx264", str(path)])
    return path


def _order(path: Path, out: Path) -> Order:
    with open_source(path) as source:
        info, cut = probe(source), plan(source, 5.0)
    task = SegmentTask(
        attempt_id=UUID(int=1),
        job_id=UUID(int=2),
        segment_index=0,
        attempt=1,
        kind=MediaKind.VIDEO,
        source_key="source",
        source_size=path.stat().st_size,
        stream_index=cut.stream_index,
        time_base=cut.time_base,
        range=cut.segments[0],
        encode=encode_spec(info),
        engine="paste",
        faces=[],
        output_key="0.nut",
    )
    return Order(task=task, source_url=str(path), faces=[], output=str(out))


async def test_a_segment_beyond_an_agents_memory_is_told_and_the_next_is_made(
    hungry: Path, modest: Path, tmp_path: Path
) -> None:
    child = Child(AgentSettings(engine="paste", memory_mb=600), "cpu", 1)
    try:
        for _ in range(2):
            with pytest.raises(VisageError) as caught:
                await child.run(_order(hungry, tmp_path / "large.nut"), lambda _: None)
            # x264 does not say why it does not begin
            assert caught.value.reason in (Reason.OUT_OF_MEMORY, Reason.ENCODE_FAILED)
            outcome = await child.run(_order(modest, tmp_path / "small.nut"), lambda _: None)
            assert outcome.frames == 5
    finally:
        await child.stop()


@contextmanager
def _refused(words: str) -> Iterator[None]:
    with pytest.raises(MediaError, match=words) as caught:
        yield
    assert caught.value.reason is Reason.PROBE_LIMIT


async def test_a_poster_beyond_its_memory_is_refused_and_the_next_is_served(
    modest: Path, tmp_path: Path
) -> None:
    large, out, little = tmp_path / "large.png", tmp_path / "out.jpg", SandboxSettings(memory_mb=520)
    Image.new("RGBA", (8190, 4300)).save(large, compress_level=1)
    with _refused("memory"):
        await _still("poster", large, out, little)
    assert (await _still("poster", modest, out, little)).size


async def test_a_preview_beyond_its_processor_time_is_refused_and_the_next_is_served(
    hungry: Path, modest: Path, tmp_path: Path
) -> None:
    long, out, short = tmp_path / "long.mp4", tmp_path / "out.mp4", SandboxSettings(cpu_seconds=1)
    films.ffmpeg(["-stream_loop", "300", "-i", str(hungry), "-c", "copy", str(long)])
    with _refused("processor time"):
        await _still("preview", long, out, short)
    assert (await _still("preview", modest, out, SandboxSettings())).size


async def _still(what: str, video: Path, out: Path, limits: SandboxSettings) -> jobs.StillReply:
    request = jobs.StillRequest(video=str(video), out=out)
    return await sandbox.run(f"media.jobs:{what}", request, jobs.StillReply, limits=limits)


async def test_a_plan_of_a_file_that_never_comes_is_given_up() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/film"
    request = jobs.PlanRequest(url=url)
    try:
        with _refused("longer than 1 s"):
            await sandbox.run("media.jobs:plan", request, Plan, limits=SandboxSettings(wall_seconds=1.0))
    finally:
        server.close()
