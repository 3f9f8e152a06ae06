"""The S3 store keeps the promises of every store, in little memory, and says so when its server is away."""

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from contracts.errors import UnavailableError, WorkError
from contracts.settings import S3Settings
from storage.objects import MIN_PART_BYTES
from storage.s3 import PART_BYTES, S3Store, open_store
from tests.integration.storage.objects_conformance import ObjectStoreConformance
from tests.integration.storage.victims import s3_victim
from visage.embedded.ports import free_port


class TestS3Store(ObjectStoreConformance):
    """On the embedded server."""


async def test_memory_does_not_grow_with_the_body(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.s3.PART_BYTES", MIN_PART_BYTES)
    block, count = (
        os.urandom(2**20),
        120,
    )  # 24 parts, of which seven or eight are held: three on their way, twice

    async def body() -> AsyncIterator[bytes]:
        for _ in range(count):
            yield block

    tracemalloc.start()
    try:
        await store.put("large", body())
        async for _ in store.get("large"):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < count * len(block) / 2


async def test_a_put_that_fails_leaves_no_parts_behind(store: S3Store) -> None:
    async def broken() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield os.urandom(2**20)
        raise LookupError

    with pytest.raises(LookupError):
        await store.put("broken", broken())
    pending = await store._client.list_multipart_uploads(Bucket=store._bucket)
    assert "broken" not in {upload["Key"] for upload in pending.get("Uploads", [])}


async def test_a_large_object_is_copied_in_parts(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.s3.COPY_BYTES", 5 * 2**20)
    content = os.urandom(12 * 2**20 + 1)
    await store.put("from", content)
    assert await store.copy("from", "to", content_type="video/mp4") == len(content)
    assert b"".join([chunk async for chunk in store.get("to")]) == content
    assert (await store.stat("to")).content_type == "video/mp4"


async def test_several_actors_make_the_bucket_at_once(s3_server: S3Settings) -> None:
    fresh = s3_server.model_copy(update={"bucket": "made-at-once"})

    async def use(number: int) -> None:
        async with open_store(fresh) as store:
            await store.put(f"{number}", b"x")

    await asyncio.gather(*(use(number) for number in range(3)))
    async with open_store(fresh) as store:
        assert await store.delete_prefix("0") + await store.delete_prefix("1") == 2
        assert [info.key async for info in store.list("")] == ["2"]
        await store.delete("2")


async def test_a_wrong_secret_is_refused(s3_server: S3Settings) -> None:
    wrong = s3_server.model_copy(update={"secret_key": SecretStr("wrong")})
    with pytest.raises(WorkError, match="refused"):
        async with open_store(wrong):
            pass


async def test_a_server_that_is_away_is_unavailable(s3_server: S3Settings) -> None:
    away = s3_server.model_copy(update={"url": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(UnavailableError):
        async with open_store(away):
            pass


async def test_work_goes_on_after_the_server_was_killed(tmp_path: Path) -> None:
    content = os.urandom(3 * PART_BYTES)
    async with s3_victim(tmp_path) as server, open_store(server.settings) as store:
        await store.put("before/it", content)
        chunks = store.get("before/it")
        await anext(chunks)
        await server.kill()
        with pytest.raises(UnavailableError):
            async for _ in chunks:
                pass
        with pytest.raises(UnavailableError):
            await store.put("while/away", content)
        putting = asyncio.create_task(store.put("while/back", content))
        await server.start()
        assert (await putting).size == len(content)
        read = b"".join([chunk async for chunk in store.get("while/back")])
        assert read == content
        assert b"".join([chunk async for chunk in store.get("before/it")]) == content
        assert [info.key async for info in store.list("while/")] == ["while/back"]
