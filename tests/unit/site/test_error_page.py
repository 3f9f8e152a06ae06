"""What readers see when something went wrong: words, the right status, nothing of the inside."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from contracts.errors import Reason, RequestError, UnavailableError
from gateway.middleware.errors import ERROR_PAGE, answer_errors
from gateway.middleware.tracing import trace
from gateway.site import render
from gateway.site.error_page import error_page

Client = TestClient[web.Request, web.Application]


async def _away(request: web.Request) -> web.Response:
    raise UnavailableError("database", retry_after=7)


async def _broken(request: web.Request) -> web.Response:
    raise ZeroDivisionError("a secret of the inside")


async def _refused(request: web.Request) -> web.Response:
    raise RequestError(Reason.CONFLICT, "Not while <b>this</b> runs.")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application(middlewares=(trace, answer_errors))
    render.setup(app)
    app[ERROR_PAGE] = error_page
    app.router.add_get("/away", _away)
    app.router.add_get("/broken", _broken)
    app.router.add_get("/refused", _refused)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/away", 503, "Nothing was lost"),
        ("/broken", 500, "Our mistake"),
        ("/refused", 409, "Not while &lt;b&gt;this&lt;/b&gt; runs."),
        ("/nowhere", 404, "Nothing here"),
    ],
)
async def test_a_failure_is_a_page_in_words(client: Client, path: str, status: int, words: str) -> None:
    answer = await client.get(path)
    text = await answer.text()
    assert (answer.status, answer.content_type) == (status, "text/html")
    assert words in text
    assert "secret of the inside" not in text
    assert "Traceback" not in text


async def test_a_page_that_is_away_says_when_to_come_back(client: Client) -> None:
    answer = await client.get("/away")
    assert answer.headers["Retry-After"] == "7"
