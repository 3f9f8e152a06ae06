"""The client of the API against a service that answers as it is told."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from contracts.errors import Reason, RequestError
from visage import client as api
from visage.client import Client

CONTENT = b"twelve bytes"


class Service:
    """Takes one upload, of which the first `interrupted` requests break off, and which ends in `state`."""

    def __init__(self, state: str, interrupted: int = 0) -> None:
        self.state, self.interrupted = state, interrupted
        self.received = b""

    async def create(self, request: web.Request) -> web.Response:
        return web.Response(status=201, headers={"Location": "/api/v1/uploads/one"})

    async def patch(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.interrupted:
            self.interrupted -= 1
            self.received += body[:5]
            problem = {"reason": "upload-interrupted", "detail": "The upload broke off."}
            return web.json_response(problem, status=408, content_type="application/problem+json")
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
        return await asyncio.wait_for(client.upload(folder / "talk.mp4", "target"), 20)


async def test_an_upload_that_was_thrown_away_ends_the_wait(tmp_path: Path) -> None:
    with pytest.raises(RequestError) as caught:
        await upload_to(Service("expired"), tmp_path)
    assert caught.value.reason is Reason.UPLOAD_NOT_READY


async def test_an_upload_that_broke_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "RETRY_SECONDS", 0.01)
    service = Service("ready", interrupted=1)
    assert (await upload_to(service, tmp_path))["state"] == "ready"
    assert service.received == CONTENT
