"""Videos without an index get a work copy as they come in, and lose it with the upload."""

import asyncio
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import numpy as np
import pytest

from contracts.media import MediaInfo
from contracts.states import UploadState
from gateway.context import Gateway
from gateway.intake.inspection import Inspector
from gateway.intake.lock import until_free
from media.containers.index import read_stored, walk_index
from media.sources.source import open_source
from storage import keys
from storage.library import frames_key
from storage.models import Upload
from storage.objects import ObjectStore
from tests import films
from tests.integration.gateway.callers import TUS, Caller

_SMALL = [
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=96x64:rate=25",
    "-t",
    "1.2",
    "-c:v",
    "libx264",
    "-g",
    "10",
    "-bf",
    "2",
]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of a transport stream."""
    film = tmp_path_factory.mktemp("recording") / "film.ts"
    films.ffmpeg([*_SMALL, str(film)])
    return film.read_bytes()


async def _stored(gateway: Gateway) -> list[str]:
    return [item.key async for item in gateway.store.list("uploads/")]


async def test_a_transport_stream_is_copied_with_its_times_and_goes_whole(
    caller: Caller, gateway: Gateway, recording: bytes, tmp_path: Path
) -> None:
    upload = await caller.upload(recording, filename="film.ts", filetype="video/mp2t")
    assert upload["state"] == "ready", upload["failure"]
    row = await Upload.get(id=upload["id"])
    work = keys.upload_work(row.id)
    assert await _stored(gateway) == [row.key, work]
    assert frames_key(row) == work and MediaInfo.model_validate(row.info).size == len(recording) == row.size
    (tmp_path / "source").write_bytes(recording)
    (tmp_path / "work").write_bytes(await gateway.store.read(work))
    with open_source(tmp_path / "source") as original, open_source(tmp_path / "work") as copy:
        stored, walked = read_stored(copy, None), walk_index(original)
    assert stored is not None and stored.time_base == walked.time_base
    assert np.array_equal(stored.pts, walked.pts) and np.array_equal(stored.keys, walked.keys)
    await caller.call("DELETE", f"/uploads/{upload['id']}", 204, headers=TUS)
    assert await _stored(gateway) == []


async def test_a_copy_that_was_begun_before_is_made_again(
    caller: Caller, gateway: Gateway, recording: bytes
) -> None:
    upload = await caller.upload(recording, filename="film.ts")
    work = keys.upload_work(UUID(upload["id"]))
    await until_free(UUID(upload["id"]), 60)
    whole = await gateway.store.read(work)
    await gateway.store.put(work, b"another's")
    await Upload.filter(id=upload["id"]).update(state=UploadState.PROBING, info=None)
    await gateway.inspector.inspect(UUID(upload["id"]))
    assert await gateway.store.read(work) == whole
    assert frames_key(await Upload.get(id=upload["id"])) == work


async def test_a_clock_that_goes_back_is_refused(caller: Caller, gateway: Gateway, recording: bytes) -> None:
    films_in_a_row = recording + recording
    upload = await caller.upload(films_in_a_row, filename="film.ts")
    assert upload["failure"]["reason"] == "bad-timeline"
    assert "Export it as one video" in upload["failure"]["message"]


class _StuckStore:
    """The store, which never ends taking a work copy."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.asked = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def put(self, key: str, body: Path) -> None:
        assert body.stat().st_size > 0
        self.asked.set()
        await asyncio.Event().wait()


async def test_a_gateway_that_ends_over_a_copy_leaves_none_and_another_makes_it(
    caller: Caller, gateway: Gateway, recording: bytes
) -> None:
    upload = await caller.upload(recording, filename="film.ts")
    row = await Upload.get(id=upload["id"])
    await until_free(row.id, 60)
    await gateway.store.delete(keys.upload_work(row.id))
    await Upload.filter(id=row.id).update(state=UploadState.PROBING, info=None)
    stuck = _StuckStore(gateway.store)
    dying = Inspector(gateway.settings, cast(ObjectStore, stuck))
    dying.begin(row.id)
    await asyncio.wait_for(stuck.asked.wait(), 60)
    await dying.close()
    assert await _stored(gateway) == [row.key]
    assert (await Upload.get(id=row.id)).state is UploadState.PROBING
    assert not list((gateway.settings.data / "gateway").glob("work-*"))
    await gateway.inspector.inspect(row.id)
    assert await _stored(gateway) == [row.key, keys.upload_work(row.id)]
