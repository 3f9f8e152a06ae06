"""Whose fault a failure is: the database's, or that of a client who left."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from gateway.middleware.errors import answer_errors
from gateway.middleware.tracing import trace
from tests.waiting import PATIENCE


async def _lose_database(request: web.Request) -> web.Response:
    raise ConnectionRefusedError("nobody listens there")


async def _lose_client(request: web.Request) -> web.Response:
    while request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(0.01)
    raise ConnectionResetError("Cannot write to closing transport")


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    app = web.Application(middlewares=[trace, answer_errors])
    app.router.add_get("/api/database", _lose_database)
    app.router.add_get("/api/client", _lose_client)
    server = TestServer(app)
    async with server:
        yield server


async def _line(lines: list[Any], event: str) -> Any:
    async with asyncio.timeout(PATIENCE):
        while not (found := [line for line in lines if line["event"] == event]):
            await asyncio.sleep(0.01)
    return found[0]


async def test_a_lost_database_is_said_to_be_away(server: TestServer) -> None:
    async with ClientSession() as session, session.get(server.make_url("/api/database")) as answer:
        assert answer.status == 503
        assert (await answer.json(content_type=None))["context"]["what"] == "database"


async def test_a_client_that_left_is_not_taken_for_the_database(server: TestServer) -> None:
    with capture_logs() as lines:
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"GET /api/client HTTP/1.1\r\nHost: here\r\n\r\n")
        await writer.drain()
        writer.close()
        assert "ConnectionResetError" in (await _line(lines, "client gone"))["error"]
        assert (await _line(lines, "request"))["status"] == 499
