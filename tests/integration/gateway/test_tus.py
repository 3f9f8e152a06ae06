"""Resumable uploads on a real object store and database."""

import asyncio
import hashlib
import itertools
import os
from collections.abc import AsyncIterator
from uuid import uuid4

import aiohttp
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from contracts.states import UploadState
from gateway.context import Gateway
from gateway.intake import append, writer
from gateway.intake.lock import held
from storage.keys import upload_prefix
from storage.models import Upload
from storage.objects import MIN_PART_BYTES
from tests.integration.gateway.callers import BYTES, TUS, Caller, id_of
from tests.waiting import until


async def stored(gateway: Gateway, path: str) -> dict[str, int]:
    prefix = upload_prefix(id_of(path))
    return {item.key.removeprefix(prefix): item.size async for item in gateway.store.list(prefix)}


async def row_of(path: str) -> Upload:
    return await Upload.get(id=id_of(path))


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> int:
    """The smallest parts the store takes, so that a few megabytes make several."""
    monkeypatch.setattr(writer, "PART_BYTES", MIN_PART_BYTES)
    return MIN_PART_BYTES


@pytest.fixture
def uninspected(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave complete uploads as they are: random bytes would be refused and removed."""
    monkeypatch.setattr(gateway.inspector, "begin", lambda upload_id: None)


async def assembled(gateway: Gateway, path: str) -> bytes:
    upload = await row_of(path)
    await writer.assemble(gateway.store, upload)
    return b"".join([chunk async for chunk in gateway.store.get(upload.key)])


async def test_options_say_what_the_server_can_do(caller: Caller) -> None:
    async with caller.session.options(caller.at("/uploads")) as answer:
        assert answer.status == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert {"creation", "termination", "expiration"} <= set(answer.headers["Tus-Extension"].split(","))
        assert answer.headers["Tus-Max-Size"] == str(500 * 10**6)


async def test_a_request_without_the_version_is_refused(caller: Caller) -> None:
    async with caller.session.post(caller.at("/uploads"), headers={"Upload-Length": "5"}) as answer:
        assert answer.status == 412
        assert answer.headers["Tus-Version"] == "1.0.0"


async def test_too_large_is_refused_before_a_byte_is_sent_and_says_what_would_pass(caller: Caller) -> None:
    headers = {**TUS, "Upload-Length": str(500 * 10**6 + 1)}
    problem = await caller.call("POST", "/uploads", 413, headers=headers)
    assert problem["reason"] == "size-limit"
    assert problem["context"]["limit"] == 500 * 10**6
    assert await Upload.all().count() == 0


async def test_an_empty_file_is_refused(caller: Caller) -> None:
    problem = await caller.call("POST", "/uploads", 422, headers={**TUS, "Upload-Length": "0"})
    assert problem["reason"] == "empty-file"


@pytest.mark.usefixtures("uninspected")
async def test_bytes_come_in_odd_pieces(caller: Caller, gateway: Gateway, small_parts: int) -> None:
    content = os.urandom(2 * small_parts + 12_345)
    path = await caller.create_upload(len(content), filename="a.mp4")
    cuts = [0, 1, 7, small_parts - 1, small_parts + 1, 2 * small_parts + 3, len(content)]
    for start, end in itertools.pairwise(cuts):
        answer = await caller.patch(path, start, content[start:end])
        assert answer.headers["Upload-Offset"] == str(end)
        assert await caller.offset(path) == end
    assert (await row_of(path)).state is UploadState.PROBING
    assert await assembled(gateway, path) == content
    assert list(await stored(gateway, path)) == ["source"]


@pytest.mark.usefixtures("uninspected")
async def test_any_cuts_give_the_same_bytes(caller: Caller, gateway: Gateway, small_parts: int) -> None:
    content = os.urandom(small_parts + 99)
    loop = asyncio.get_running_loop()

    @examples(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.integers(1, len(content) - 1), max_size=4, unique=True).map(sorted))
    def check(cuts: list[int]) -> None:
        asyncio.run_coroutine_threadsafe(upload_cut_at(cuts), loop).result(60)

    async def upload_cut_at(cuts: list[int]) -> None:
        path = await caller.create_upload(len(content), filename="a.mp4")
        for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
            await caller.patch(path, start, content[start:end])
        assert await assembled(gateway, path) == content

    await asyncio.to_thread(check)


@pytest.mark.usefixtures("uninspected")
async def test_a_broken_connection_keeps_what_arrived(
    caller: Caller, gateway: Gateway, small_parts: int
) -> None:
    content = os.urandom(small_parts + 500_000)
    path = await caller.create_upload(len(content), filename="a.mp4")
    sent = asyncio.Event()

    async def breaking_off() -> AsyncIterator[bytes]:
        yield content[: small_parts + 200_000]
        sent.set()
        await asyncio.Event().wait()

    headers = {**BYTES, "Upload-Offset": "0", "Content-Length": str(len(content))}
    async with aiohttp.ClientSession(headers=dict(caller.session.headers)) as session:
        request = asyncio.create_task(session.patch(caller.at(path), data=breaking_off(), headers=headers))
        await sent.wait()
        await until_part_stored(path, small_parts)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
    offset = await caller.offset(path)
    assert small_parts <= offset <= small_parts + 200_000
    await caller.patch(path, offset, content[offset:])
    assert hashlib.sha256(await assembled(gateway, path)).digest() == hashlib.sha256(content).digest()


async def until_part_stored(path: str, size: int) -> None:
    await until(Upload.filter(id=id_of(path), offset__gte=size).exists)


@pytest.mark.usefixtures("uninspected")
async def test_a_silent_sender_is_told_that_the_upload_can_go_on(
    caller: Caller, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await caller.create_upload(10, filename="a.mp4")
    heard = asyncio.Event()

    async def falling_silent() -> AsyncIterator[bytes]:
        yield b"abcd"
        await heard.wait()

    monkeypatch.setattr(append, "SILENCE_SECONDS", 0.2)
    headers = {**BYTES, "Upload-Offset": "0"}
    async with caller.session.patch(caller.at(path), data=falling_silent(), headers=headers) as answer:
        problem = await answer.json(content_type=None)
        heard.set()
    assert (answer.status, problem["reason"]) == (408, "upload-interrupted")
    assert "is kept" in problem["detail"]
    assert await caller.offset(path) == 4
    await caller.patch(path, 4, b"efghij")
    assert await assembled(gateway, path) == b"abcdefghij"


async def test_a_wrong_offset_is_refused_with_the_right_one(caller: Caller) -> None:
    path = await caller.create_upload(10, filename="a.mp4")
    await caller.patch(path, 0, b"abc")
    headers = {**BYTES, "Upload-Offset": "4"}
    problem = await caller.call("PATCH", path, 409, data=b"xyz", headers=headers)
    assert problem["reason"] == "upload-offset"
    assert problem["context"]["offset"] == 3


async def test_more_than_was_announced_is_refused_and_nothing_of_it_kept(caller: Caller) -> None:
    path = await caller.create_upload(4, filename="a.mp4")
    await caller.patch(path, 0, b"abcdef", expect=413)

    async def unmeasured() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"cdef"

    await caller.patch(path, 0, unmeasured(), expect=413)
    assert await caller.offset(path) <= 2


async def test_one_request_at_a_time_adds(caller: Caller) -> None:
    path = await caller.create_upload(10, filename="a.mp4")
    async with held(id_of(path), UploadState.OPEN):
        await caller.patch(path, 0, b"abc", expect=423)
    await caller.patch(path, 0, b"abc")


async def test_creation_with_upload(caller: Caller) -> None:
    headers = {**BYTES, "Upload-Length": "10"}
    async with caller.session.post(caller.at("/uploads"), data=b"abcd", headers=headers) as answer:
        assert answer.status == 201
        assert answer.headers["Upload-Offset"] == "4"
        assert "GMT" in answer.headers["Upload-Expires"]


@pytest.mark.usefixtures("small_parts")
async def test_termination_leaves_nothing(caller: Caller, gateway: Gateway) -> None:
    path = await caller.create_upload(10 * 10**6, filename="a.mp4")
    await caller.patch(path, 0, os.urandom(6 * 10**6))
    assert await stored(gateway, path) != {}
    await caller.call("DELETE", path, 204, headers=TUS)
    assert await stored(gateway, path) == {}
    async with caller.session.head(caller.at(path), headers=TUS) as answer:
        assert answer.status == 404


async def test_other_users_do_not_see_it(caller: Caller, stranger: Caller) -> None:
    path = await caller.create_upload(10, filename="a.mp4")
    await stranger.call("GET", path, 404)
    await stranger.patch(path, 0, b"abc", expect=404)
    await stranger.call("DELETE", path, 404, headers=TUS)
    await caller.call("GET", f"/uploads/{uuid4()}", 404)


async def test_method_override(caller: Caller) -> None:
    path = await caller.create_upload(10, filename="a.mp4")
    headers = {**BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    async with caller.session.post(caller.at(path), data=b"abc", headers=headers) as answer:
        assert answer.status == 204
    assert await caller.offset(path) == 3
