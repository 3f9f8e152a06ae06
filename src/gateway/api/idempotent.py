"""A request that bears an Idempotency-Key is served once; repeated, it gets the same answer.

Its effects and its answer are written in one transaction: a gateway that dies in between leaves neither. A
failure is not kept: what was refused may be asked again.
"""

import hashlib
from functools import wraps

from aiohttp import web
from aiohttp.typedefs import Handler

from contracts.errors import Reason, RequestError
from gateway.bodies import read_bytes
from gateway.principal import principal_of
from storage import idempotency
from storage.database import transaction

HEADER = "Idempotency-Key"
LONGEST_KEY = 255


def idempotent(handler: Handler) -> Handler:
    """Serve `handler` once for each key of a user; it answers with JSON, after nothing but database work."""

    @wraps(handler)
    async def serve(request: web.Request) -> web.StreamResponse:
        key = request.headers.get(HEADER)
        if key is None:
            return await handler(request)
        if not 0 < len(key) <= LONGEST_KEY:
            raise RequestError(Reason.INVALID, f"An {HEADER} has 1 to {LONGEST_KEY} characters.")
        return await _serve_once(request, handler, key)

    return serve


async def _serve_once(request: web.Request, handler: Handler, key: str) -> web.StreamResponse:
    fingerprint = await _fingerprint(request)
    async with transaction() as connection:
        record = await idempotency.claim(connection, principal_of(request).user_id, key, fingerprint)
        if record.fingerprint != fingerprint:
            raise RequestError(
                Reason.IDEMPOTENCY_MISMATCH, f"This {HEADER} was used for another request. Take a new one."
            )
        if record.status is not None:
            return _again(record.status, record.body or "")
        response = await handler(request)
        assert isinstance(response, web.Response), "only a whole answer can be kept"
        await idempotency.settle(connection, record, response.status, response.text or "")
    return response


async def _fingerprint(request: web.Request) -> str:
    body = await read_bytes(request)
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + body).hexdigest()


def _again(status: int, body: str) -> web.Response:
    return web.Response(
        text=body, status=status, content_type="application/json", headers={"Idempotent-Replayed": "true"}
    )
