"""The client of the API against a service that answers as it is told."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from tests.waiting import PATIENCE

from contracts.errors import Reason, RequestError, UnavailableError
from visage import client as api
from visage.client import Client

CONTENT = b"twelve bytes"


class Service:
    """Takes one upload, of which the first `interrupted` requests break off, and which ends in `state`."""

    def __init__(self, state: str, interrupted: int = 0, status: int = 408) -> None:
        self.state, self.interrupted, self.status = state, interrupted, status
        self.received = b""

    async def create(self, request: web.Request) -> web.Response:
        return web.Response(status=201, headers={"Location": "/api/v1/uploads/one"})

    async def patch(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.interrupted:
            self.interrupted -= 1
            self.received += body[:5]
            problem = {"reason": "upload-interrupted", "detail": "The upload broke off."}
            return web.json_response(problem, status=self.status, content_type="application/problem+json")
        self.received += body
        return web.Response(status=204, headers={"Upload-Offset": str(len(self.received))})

    async def head(self, request: web.Request) -> web.Response:
        return web.Response(headers={"Upload-Offset": str(len(self.received))})

    async def get(self, request: web.Request) -> web.Response:
        return web.json_response({"id": "one", "state": self.state})


async def upload_to(service: Service, folder: Path) -> api.Json:
    (folder / "talk.mp4").write_bytes(CONTENT)
    app = web.Application()
    app.router.add_post("/api/v1/uploads", service.create)
    app.router.add_patch("/api/v1/uploads/one", service.patch)
    app.router.add_head("/api/v1/uploads/one", service.head)
    app.router.add_get("/api/v1/uploads/one", service.get, allow_head=False)
    async with TestServer(app) as server, Client(str(server.make_url("/")), "key") as client:
        return await asyncio.wait_for(client.upload(folder / "talk.mp4", "target"), PATIENCE)


async def test_an_upload_that_was_thrown_away_ends_the_wait(tmp_path: Path) -> None:
    with pytest.raises(RequestError) as caught:
        await upload_to(Service("expired"), tmp_path)
    assert caught.value.reason is Reason.UPLOAD_NOT_READY


async def test_an_upload_that_broke_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "RETRY_SECONDS", 0.01)
    service = Service("ready", interrupted=1)
    assert (await upload_to(service, tmp_path))["state"] == "ready"
    assert service.received == CONTENT


class Dying:
    """A gateway that dies in the middle of its first answers, `deaths` times; and remembers who asked."""

    def __init__(self, deaths: int) -> None:
        self.deaths = deaths
        self.keys: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers.get("Idempotency-Key", ""))
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = len(WHOLE)
        await response.prepare(request)
        if self.deaths:
            self.deaths -= 1
            await response.write(WHOLE[:5])
            assert request.transport is not None
            request.transport.abort()
        else:
            await response.write(WHOLE)
        return response


WHOLE = b'{"id": "one"}'


async def meet(dying: Dying, deed: Callable[[Client], Awaitable[api.Json | None]]) -> api.Json | None:
    app = web.Application()
    app.router.add_post("/api/v1/jobs", dying.answer)
    app.router.add_get("/api/v1/jobs/one/result", dying.answer)
    async with TestServer(app) as server, Client(str(server.make_url("/")), "key", retries=3) as client:
        return await asyncio.wait_for(deed(client), PATIENCE)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "RETRY_SECONDS", 0.01)


async def test_a_request_whose_answer_broke_off_is_sent_again_under_the_same_key(hasty: None) -> None:
    dying = Dying(2)
    assert await meet(dying, lambda client: client.post("/jobs")) == {"id": "one"}
    assert len(dying.keys) == 3
    assert len(set(dying.keys)) == 1


async def test_a_download_that_broke_off_begins_again(hasty: None, tmp_path: Path) -> None:
    await meet(Dying(2), lambda client: client.download("one", tmp_path / "result"))
    assert [path.name for path in tmp_path.iterdir()] == ["result"]
    assert (tmp_path / "result").read_bytes() == WHOLE


async def test_a_service_that_stays_away_is_given_up_and_leaves_no_file(hasty: None, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        await meet(Dying(3), lambda client: client.download("one", tmp_path / "result"))
    assert list(tmp_path.iterdir()) == []


async def test_an_upload_waits_while_it_is_locked(hasty: None, tmp_path: Path) -> None:
    service = Service("ready", interrupted=1, status=423)
    assert (await upload_to(service, tmp_path))["state"] == "ready"
    assert service.received == CONTENT
