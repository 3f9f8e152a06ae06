"""Failures as HTTP answers: problem+json (RFC 9457) for programs."""

import math
from typing import Any

from aiohttp import web

from contracts.errors import Failure, Reason

TYPE_PREFIX = "urn:visage:problem:"
CONTENT_TYPE = "application/problem+json"

_STATUS = {
    Reason.SIZE_LIMIT: 413,
    Reason.JOBS_LIMIT: 409,
    Reason.RATE_LIMIT: 429,
    Reason.UNAUTHENTICATED: 401,
    Reason.WRONG_CREDENTIALS: 401,
    Reason.FORBIDDEN: 403,
    Reason.ACCOUNT_BLOCKED: 403,
    Reason.CSRF: 403,
    Reason.NOT_FOUND: 404,
    Reason.OBJECT_MISSING: 404,
    Reason.CONFLICT: 409,
    Reason.EMAIL_TAKEN: 409,
    Reason.UPLOAD_INTERRUPTED: 408,
    Reason.UPLOAD_OFFSET: 409,
    Reason.UPLOAD_NOT_READY: 409,
    Reason.NOT_RETRYABLE: 409,
    Reason.NOT_CANCELLABLE: 409,
    Reason.UNSUPPORTED_VERSION: 412,
    Reason.UPLOAD_LOCKED: 423,
    Reason.INTERNAL: 500,
    Reason.DISK_FULL: 503,
    Reason.UNAVAILABLE: 503,
}


def status_of(reason: Reason) -> int:
    """The HTTP status of a failure; 422 where what was sent is understood but cannot be used."""
    return _STATUS.get(reason, 422)


def headers_of(failure: Failure) -> dict[str, str]:
    """Headers that go with a failure: when to try again, how to say who one is."""
    headers = {}
    if (seconds := failure.detail.get("retry_after")) is not None:
        headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    if failure.reason is Reason.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = 'Bearer realm="visage"'
    if failure.reason is Reason.UNSUPPORTED_VERSION:
        headers["Tus-Version"] = failure.detail["version"]
    return headers


def problem_of(failure: Failure, status: int, request_id: str) -> dict[str, Any]:
    """The problem document: `type` is stable, `detail` is for a person, `context` for a program.

    `errors` lists the fields of the request that are wrong, each with what would pass.
    """
    context = dict(failure.detail)
    problem = {
        "type": TYPE_PREFIX + failure.reason,
        "title": failure.reason.replace("-", " ").capitalize(),
        "status": status,
        "detail": failure.message,
        "instance": f"urn:visage:request:{request_id}",
        "reason": failure.reason.value,
        "errors": context.pop("errors", []),
    }
    return problem | {"context": context}


def problem_response(failure: Failure, status: int, request_id: str) -> web.Response:
    """The problem document as an answer."""
    return web.json_response(
        problem_of(failure, status, request_id),
        status=status,
        headers=headers_of(failure),
        content_type=CONTENT_TYPE,
    )
