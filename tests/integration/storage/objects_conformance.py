"""What every object store must do. Subclass, and name the store in a fixture `store`."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import aiohttp
import pytest

from contracts.errors import WorkError
from storage.objects import MIN_PART_BYTES, Body, ObjectMissing, ObjectStore, Part
from tests.waiting import PATIENCE

LARGE = 21 * 2**20 + 17


def random_bytes(size: int) -> bytes:
    return os.urandom(size)


async def stream_of(content: bytes, chunk: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), chunk):
        yield content[start : start + chunk]


async def joined(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


class ObjectStoreConformance:
    """The promises of `storage.objects.ObjectStore`."""

    @pytest.mark.parametrize("size", [0, 1, 8 * 2**20 - 1, 8 * 2**20, 8 * 2**20 + 1, LARGE])
    @pytest.mark.parametrize("kind", ["bytes", "path", "stream"])
    async def test_what_is_put_is_got(self, store: ObjectStore, tmp_path: Path, kind: str, size: int) -> None:
        content = random_bytes(size)
        file = tmp_path / "body"
        file.write_bytes(content)
        bodies: dict[str, Body] = {"bytes": content, "path": file, "stream": stream_of(content)}
        stored = await store.put("put/got", bodies[kind])
        assert (stored.key, stored.size) == ("put/got", size)
        assert stored.sha256 == hashlib.sha256(content).hexdigest()
        assert await joined(store.get("put/got")) == content

    async def test_a_copy_is_another_object(self, store: ObjectStore) -> None:
        content = random_bytes(LARGE)
        await store.put("from", content, content_type="text/plain")
        await store.put("to", b"replaced")
        assert await store.copy("from", "to", content_type="video/mp4") == LARGE
        await store.delete("from")
        assert await joined(store.get("to")) == content
        assert (await store.stat("to")).content_type == "video/mp4"
        with pytest.raises(ObjectMissing):
            await store.copy("from", "to")

    async def test_putting_again_replaces(self, store: ObjectStore) -> None:
        await store.put("a", random_bytes(LARGE))
        await store.put("a", b"short")
        assert await store.read("a") == b"short"

    async def test_a_file_of_no_name_stores_nothing(self, store: ObjectStore, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            await store.put("a", tmp_path / "missing")
        with pytest.raises(ObjectMissing):
            await store.stat("a")

    @pytest.mark.parametrize("size", [10, LARGE])
    async def test_a_stream_that_breaks_off_leaves_nothing(self, store: ObjectStore, size: int) -> None:
        async def broken() -> AsyncIterator[bytes]:
            async for chunk in stream_of(random_bytes(size)):
                yield chunk
            raise LookupError("the sender went away")

        with pytest.raises(LookupError):
            await store.put("a", broken())
        with pytest.raises(ObjectMissing):
            await store.stat("a")

    async def test_a_cancelled_put_leaves_nothing(self, store: ObjectStore) -> None:
        under_way = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(12):
                yield random_bytes(2**20)
            under_way.set()
            await asyncio.Event().wait()

        putting = asyncio.create_task(store.put("a", endless()))
        await under_way.wait()
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        with pytest.raises(ObjectMissing):
            await store.stat("a")

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            (None, None),
            (0, 1),
            (3, 7),
            (5, None),
            (None, 4),
            (9, 10),
            (0, 99),
            (9, 99),
            (10, 20),
            (50, 60),
            (4, 4),
        ],
    )
    async def test_ranges_are_those_of_a_slice(
        self, store: ObjectStore, start: int | None, end: int | None
    ) -> None:
        await store.put("a", b"0123456789")
        assert await joined(store.get("a", start, end)) == b"0123456789"[start:end]

    async def test_a_range_across_parts(self, store: ObjectStore) -> None:
        content = random_bytes(LARGE)
        await store.put("a", content)
        middle = slice(8 * 2**20 - 5, 16 * 2**20 + 5)
        assert await joined(store.get("a", middle.start, middle.stop)) == content[middle]

    async def test_a_reader_may_stop_early_again_and_again(self, store: ObjectStore) -> None:
        await store.put("a", random_bytes(LARGE))
        async with asyncio.timeout(PATIENCE):
            for _ in range(80):  # more than any pool of connections has
                chunks = store.get("a")
                assert await anext(chunks)
                await chunks.aclose()  # type: ignore[attr-defined]
        await store.stat("a")

    async def test_what_is_known_of_an_object(self, store: ObjectStore) -> None:
        await store.put("a", b"12345", content_type="video/mp4")
        info = await store.stat("a")
        assert (info.key, info.size, info.content_type) == ("a", 5, "video/mp4")
        assert info.modified.tzinfo is not None
        assert info.etag

    async def test_reading_whole_has_a_limit(self, store: ObjectStore) -> None:
        await store.put("a", b"12345")
        assert await store.read("a", limit=5) == b"12345"
        with pytest.raises(WorkError):
            await store.read("a", limit=4)

    async def test_what_is_not_there_is_missing(self, store: ObjectStore) -> None:
        for asking in (
            store.stat("no"),
            store.read("no"),
            joined(store.get("no")),
            joined(store.get("no", 2, 5)),
        ):
            with pytest.raises(ObjectMissing) as caught:
                await asking
            assert caught.value.detail == {"key": "no"}

    async def test_deleting_is_idempotent(self, store: ObjectStore) -> None:
        await store.put("a", b"1")
        for _ in range(2):
            await store.delete("a")
        with pytest.raises(ObjectMissing):
            await store.stat("a")

    async def test_a_prefix_takes_what_it_names_and_no_more(self, store: ObjectStore) -> None:
        keys = ["jobs/1/a", "jobs/1/b/c", "jobs/10/a", "jobs/2"]
        await self._put_all(store, keys)
        assert [info.key async for info in store.list("jobs/1/")] == ["jobs/1/a", "jobs/1/b/c"]
        assert await store.delete_prefix("jobs/1/") == 2
        assert await store.delete_prefix("jobs/1/") == 0
        assert [info.key async for info in store.list("jobs/")] == ["jobs/10/a", "jobs/2"]
        with pytest.raises(ValueError, match="everything"):
            await store.delete_prefix("")

    async def test_more_objects_than_a_page_holds(self, store: ObjectStore) -> None:
        keys = [f"many/{number:04}" for number in range(1100)]
        await self._put_all(store, keys)
        assert [info.key async for info in store.list("many/")] == keys
        assert await store.delete_prefix("many/") == 1100
        assert [info async for info in store.list("many/")] == []

    @staticmethod
    async def _put_all(store: ObjectStore, keys: Iterable[str]) -> None:
        room = asyncio.Semaphore(16)

        async def put(key: str) -> None:
            async with room:
                await store.put(key, b"x")

        await asyncio.gather(*map(put, keys))

    async def test_parts_become_an_object_in_the_order_of_their_numbers(self, store: ObjectStore) -> None:
        pieces = [random_bytes(MIN_PART_BYTES), random_bytes(MIN_PART_BYTES), b"end"]
        upload = await store.start_multipart("a", content_type="video/mp4")
        parts = [await store.put_part("a", upload, number, pieces[number - 1]) for number in (3, 1, 2)]
        assert sorted(parts, key=lambda part: part.number)[2].size == 3
        with pytest.raises(ObjectMissing):
            await store.stat("a")
        await store.complete_multipart("a", upload, parts)
        assert await joined(store.get("a")) == b"".join(pieces)
        assert (await store.stat("a")).content_type == "video/mp4"

    async def test_a_part_can_be_sent_again(self, store: ObjectStore) -> None:
        upload = await store.start_multipart("a")
        await store.put_part("a", upload, 1, b"wrong")
        part = await store.put_part("a", upload, 1, b"right")
        await store.complete_multipart("a", upload, [part])
        assert await store.read("a") == b"right"

    async def test_an_aborted_upload_is_gone(self, store: ObjectStore) -> None:
        upload = await store.start_multipart("a")
        part = await store.put_part("a", upload, 1, b"x")
        for _ in range(2):
            await store.abort_multipart("a", upload)
        with pytest.raises(ObjectMissing):
            await store.put_part("a", upload, 2, b"y")
        with pytest.raises(ObjectMissing):
            await store.complete_multipart("a", upload, [part])
        with pytest.raises(ObjectMissing):
            await store.complete_multipart("a", "never-started", [Part(1, "etag", 1)])

    async def test_a_presigned_url_gives_ranges_and_a_name(self, store: ObjectStore) -> None:
        await store.put("a", b"0123456789", content_type="video/mp4")
        url = await store.presigned_get("a", 60, filename='mañana "1".mp4')
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as answer:
                assert await answer.read() == b"0123456789"
                assert "filename*=UTF-8''ma%C3%B1ana%20%221%22.mp4" in answer.headers["Content-Disposition"]
            async with session.get(url, headers={"Range": "bytes=2-4"}) as answer:
                assert (answer.status, await answer.read()) == (206, b"234")

    async def test_a_presigned_url_takes_an_object(self, store: ObjectStore) -> None:
        url = await store.presigned_put("a", 60)
        async with aiohttp.ClientSession() as session, session.put(url, data=b"sent") as answer:
            assert answer.ok
        assert await store.read("a") == b"sent"

    async def test_a_presigned_url_is_good_for_nothing_else(self, store: ObjectStore) -> None:
        await store.put("a", b"1")
        await store.put("b", b"2")
        url = await store.presigned_get("a", 60)
        async with aiohttp.ClientSession() as session:
            for method, other in (("GET", url.replace("/a?", "/b?")), ("PUT", url), ("DELETE", url)):
                async with session.request(method, other) as answer:
                    assert answer.status == 403
            async with session.get(url.split("?")[0]) as answer:
                assert answer.status == 403

    async def test_a_presigned_url_ends(self, store: ObjectStore) -> None:
        await store.put("a", b"1")
        url = await store.presigned_get("a", 1)
        async with aiohttp.ClientSession() as session, asyncio.timeout(PATIENCE):
            while True:
                async with session.get(url) as answer:
                    if answer.status == 403:
                        break
                await asyncio.sleep(0.2)
