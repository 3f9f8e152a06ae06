"""An id for every request, a line in the log for it, and headers that every answer bears."""

import re
import time
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

REQUEST_ID = web.RequestKey("request_id", str)

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = ("/healthz", "/static/")

# No inline scripts or styles; media may come from blobs that a page made of files chosen by its user.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_log = structlog.get_logger()


@web.middleware
async def trace(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, or keep the caller's, and log how it went."""
    given = request.headers.get("X-Request-ID", "")
    request[REQUEST_ID] = given if _GIVEN_ID.fullmatch(given) else uuid4().hex
    began = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request_id=request[REQUEST_ID]):
        response = await handler(request)
        if not request.path.startswith(_QUIET):
            milliseconds = round(1000 * (time.perf_counter() - began))
            _log.info(
                "request", method=request.method, path=request.path, status=response.status, ms=milliseconds
            )
    return response


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the id and what keeps browsers safe, to streams as well."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = request[REQUEST_ID]
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
