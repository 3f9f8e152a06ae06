"""What becomes of uploads that are to be worked on: the real probe in its sandbox."""

import asyncio
import io
import os
from pathlib import Path

import av
import numpy as np
import pytest

from contracts.errors import UnavailableError
from gateway.context import Gateway
from storage.models import Tier, Upload
from tests.clips import write_clip
from tests.heic import heic
from tests.integration.gateway.callers import Caller, id_of
from tests.stills import scene
from tests.waiting import until


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One and a half seconds of video."""
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4").read_bytes()


@pytest.fixture(scope="module")
def sound() -> bytes:
    """A second of silence in an MP4 without a picture."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


async def until_nothing_is_stored(gateway: Gateway) -> None:
    async def check() -> bool:
        left = [item.key async for item in gateway.store.list("")]
        return not (left or await Upload.filter(multipart__isnull=False).exists())

    await until(check)


async def test_a_video_is_ready_with_what_was_found_in_it(
    caller: Caller, gateway: Gateway, clip: bytes
) -> None:
    upload = await caller.upload(clip, filename="clip.mp4", filetype="video/mp4")
    assert upload["state"] == "ready", upload["failure"]
    assert (upload["info"]["kind"], upload["info"]["video"]["width"]) == ("video", 480)
    assert upload["info"]["size"] == len(clip)
    shown = (await caller.call("GET", "/uploads?purpose=target"))["items"]
    assert [item["id"] for item in shown] == [upload["id"]]
    assert [item.key async for item in gateway.store.list("")] == [f"uploads/{upload['id']}/source"]


async def test_a_picture_is_ready_with_what_was_found_in_it(caller: Caller, tmp_path: Path) -> None:
    picture = heic(tmp_path / "a.heic", scene(96, 64), pix_fmt="yuv420p10le", turns=1)
    upload = await caller.upload(picture.read_bytes(), filename="a.heic", filetype="image/heic")
    assert upload["state"] == "ready", upload["failure"]
    assert (upload["info"]["kind"], upload["info"]["container"]) == ("picture", "heic")
    video = upload["info"]["video"]
    assert (video["width"], video["height"], video["bit_depth"]) == (64, 96, 10)


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [
        ("noise", {"not-media"}),
        ("text", {"not-media"}),
        ("truncated", {"truncated", "not-media"}),
        ("sound", {"no-video-stream"}),
    ],
)
async def test_what_cannot_be_used_is_refused_and_removed(
    caller: Caller, gateway: Gateway, clip: bytes, sound: bytes, kind: str, reasons: set[str]
) -> None:
    contents = {
        "noise": os.urandom(50_000),
        "text": b"hello " * 100,
        "truncated": clip[:9000],
        "sound": sound,
    }
    upload = await caller.upload(contents[kind], filename="clip.mp4")
    assert upload["state"] == "refused"
    assert upload["failure"]["reason"] in reasons
    assert upload["failure"]["message"]
    await until_nothing_is_stored(gateway)


async def test_a_tier_refuses_after_the_look_what_it_could_not_before(
    caller: Caller, gateway: Gateway, clip: bytes
) -> None:
    await Tier.filter(name="free").update(max_seconds=1)
    upload = await caller.upload(clip, filename="clip.mp4")
    assert upload["failure"]["reason"] == "duration-limit"
    assert upload["failure"]["detail"]["limit"] == 1
    await until_nothing_is_stored(gateway)


async def test_while_the_store_is_away_the_upload_waits(
    caller: Caller, gateway: Gateway, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await caller.create_upload(len(clip), filename="clip.mp4")
    asked = asyncio.Event()

    async def away(key: str, seconds: int) -> str:
        asked.set()
        raise UnavailableError("object store")

    with monkeypatch.context() as patch:
        patch.setattr(gateway.store, "presigned_get", away)
        await caller.patch(path, 0, clip)
        await asked.wait()
        await until_left_alone(path)
    assert (await caller.call("GET", path))["state"] == "probing"
    await gateway.inspector.sweep()
    assert (await caller.settled(path))["state"] == "ready"


async def until_left_alone(path: str) -> None:
    await until(Upload.filter(id=id_of(path), lock__isnull=True).exists)
