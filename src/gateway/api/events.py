"""Live progress of a job as server-sent events.

Each event's data is a `JobProgress` as JSON. A stream begins with how the job stands, so nothing is lost by
coming back; it ends with the job, and coming back then with Last-Event-ID gets 204, which stops an
EventSource.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from aiohttp import web

from contracts.errors import Reason
from contracts.messages import JobProgress
from gateway.api.operation import Operation
from gateway.bodies import path_id
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.services import jobs

HEARTBEAT_SECONDS = 15.0
STREAM = "text/event-stream"
_HEADERS = {"Content-Type": STREAM, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_END = "end"

T = TypeVar("T")


async def _events(request: web.Request) -> web.StreamResponse:
    gateway = gateway_of(request)
    job = await jobs.get_job(principal_of(request), path_id(request, "job_id"))
    if job.state.final and request.headers.get("Last-Event-ID", "").startswith(_END):
        return web.Response(status=204)
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(request)
    progress = gateway.hub.follow(job.id)
    number = 0
    async for current in paced(progress, HEARTBEAT_SECONDS, gateway.draining):
        number += 1
        await response.write(_event(current, number) if current else b": still here\n\n")
    await response.write_eof()
    return response


def _event(progress: JobProgress, number: int) -> bytes:
    name = _END if progress.state.final else str(number)
    return f"id: {name}\ndata: {progress.model_dump_json()}\n\n".encode()


async def paced(items: AsyncIterator[T], seconds: float, stop: asyncio.Event) -> AsyncIterator[T | None]:
    """The items as they come, None whenever none came for `seconds`; ends with them, or on `stop`."""
    stopped: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
    pending: asyncio.Future[T | None] | None = None
    try:
        while not stopped.done():
            pending = pending or asyncio.ensure_future(_next(items))
            both: set[asyncio.Future[Any]] = {pending, stopped}
            await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not pending.done():
                yield None
                continue
            item, pending = pending.result(), None
            if item is None:
                return
            yield item
    finally:
        await _cancel(stopped, pending)


async def _next(items: AsyncIterator[T]) -> T | None:
    return await anext(items, None)


async def _cancel(*futures: "asyncio.Future[Any] | None") -> None:
    running = [future for future in futures if future is not None]
    for future in running:
        future.cancel()
    await asyncio.gather(*running, return_exceptions=True)


OPERATIONS = (
    Operation(
        "GET", "/jobs/{job_id}/events", _events, "Live progress (server-sent events)", answer=JobProgress,
        content=STREAM, problems=(Reason.NOT_FOUND,),
    ),
)  # fmt: skip
