"""Objects of the store as HTTP answers: ranges, conditions, names to save under. Streamed, never whole."""

import re
from contextlib import aclosing
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from contracts.errors import Reason, RequestError
from storage.objects import ObjectInfo, ObjectMissing, ObjectStore

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Span(NamedTuple):
    """Bytes with start <= offset < end."""

    start: int
    end: int


async def send_object(
    request: web.Request, store: ObjectStore, key: str, content_type: str, *, save_as: str | None = None
) -> web.StreamResponse:
    """The object, or the range of it that is asked for; a browser saves it as `save_as`, or shows it.

    Raises:
        RequestError: NOT_FOUND where the object is gone.
    """
    try:
        info = await store.stat(key)
    except ObjectMissing as error:
        raise RequestError(Reason.NOT_FOUND, "The file is no longer stored.") from error
    headers = _headers(info, content_type, save_as)
    if _is_known(request, headers["ETag"]):
        return web.Response(status=304, headers=headers)
    span = wanted_span(_range_header(request, headers["ETag"]), info.size)
    if span is None:
        unsatisfied = headers | {"Content-Range": f"bytes */{info.size}"}
        return web.Response(status=416, headers=unsatisfied)
    return await _send(request, store, info, span, headers)


def _headers(info: ObjectInfo, content_type: str, save_as: str | None) -> dict[str, str]:
    return {
        "Content-Type": content_type,
        "ETag": f'"{info.etag}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(save_as) if save_as else "inline",
    }


def disposition(name: str) -> str:
    """The header that has a browser save a file as `name` (RFC 6266)."""
    plain = "".join(
        letter if (letter.isascii() and letter.isalnum()) or letter in "._- " else "_" for letter in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_known(request: web.Request, etag: str) -> bool:
    given = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    return etag in given or "*" in given


def _range_header(request: web.Request, etag: str) -> str:
    condition = request.headers.get("If-Range", etag)
    return request.headers.get("Range", "") if condition == etag else ""


def wanted_span(header: str, size: int) -> Span | None:
    """The bytes that a Range header asks for; None where there are none such.

    All of them without a header, and with one that we need not understand, such as several ranges at once.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "":
        return Span(0, size)
    if found[1] == "":
        count = min(int(found[2]), size)
        return Span(size - count, size) if count else None
    start, end = int(found[1]), min(int(found[2] or size) + 1, size)
    if found[2] and int(found[2]) < start:
        return Span(0, size)
    return Span(start, end) if start < size else None


async def _send(
    request: web.Request, store: ObjectStore, info: ObjectInfo, span: Span, headers: dict[str, str]
) -> web.StreamResponse:
    whole = span == (0, info.size)
    response = web.StreamResponse(status=200 if whole else 206, headers=headers)
    if not whole:
        response.headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{info.size}"
    response.content_length = span.end - span.start
    await response.prepare(request)
    if request.method != "HEAD":
        async with aclosing(store.get(info.key, *span)) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                await response.write(chunk)
    await response.write_eof()
    return response
