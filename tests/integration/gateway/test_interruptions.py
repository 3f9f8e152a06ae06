"""Clients that leave in the middle: nobody blames the database for them."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from tests.integration.gateway.callers import Caller
from tests.waiting import PATIENCE

JSON = "Content-Type: application/json"
TUS = "Tus-Resumable: 1.0.0\r\nUpload-Length: 1000\r\nContent-Type: application/offset+octet-stream"
FORM = "Content-Type: multipart/form-data; boundary=b"
PART = '--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nhalf a ph'


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """What is logged."""
    with capture_logs() as captured:
        yield captured


async def begin(caller: Caller, method: str, path: str, headers: str, body: str) -> asyncio.StreamWriter:
    """Send a request of which a part of the body never comes."""
    address = urlsplit(caller.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    key = caller.session.headers["Authorization"]
    head = (
        f"{method} /api/v1{path} HTTP/1.1\r\nHost: here\r\nAuthorization: {key}\r\nContent-Length: 1000\r\n"
    )
    writer.write(f"{head}{headers}\r\n\r\n{body}".encode())
    await writer.drain()
    return writer


async def line_of(lines: list[Any], method: str, path: str) -> Any:
    """The line about a request that was served."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for line in lines:
                if line["event"] == "request" and (line["method"], line["path"]) == (
                    method,
                    f"/api/v1{path}",
                ):
                    return line
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        ("/jobs", JSON, "{"),
        ("/jobs", f"{JSON}\r\nIdempotency-Key: once", "{"),
        ("/faces", FORM, PART),
        ("/uploads", TUS, "ab"),
    ],
)
async def test_a_body_that_breaks_off_is_the_clients(
    caller: Caller, lines: list[Any], path: str, headers: str, body: str
) -> None:
    writer = await begin(caller, "POST", path, headers, body)
    writer.close()
    await writer.wait_closed()
    assert (await line_of(lines, "POST", path))["status"] in (408, 499)
    gone = [line["error"] for line in lines if line["event"] == "client gone"]
    assert all("broke off" in error for error in gone)
    assert [line for line in lines if "database" in str(line)] == []
