"""Cancellations that get through.

A cancellation may be lost: `asyncio.wait_for` of Python 3.11 returns the result and drops a cancellation that
comes in the same turn of the event loop (https://github.com/python/cpython/issues/86296, mended in 3.12), and
nats-py waits by it for every answer. The task then goes on, for ever where it is a loop, and so does the
waiting of whoever cancelled it: a scheduler that waits for its own end renews its lease and leads nobody.
"""

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import suppress
from contextvars import Context
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
Work: TypeAlias = Coroutine[Any, Any, T] | Generator[Any, None, T]

REPEAT_SECONDS = 1.0  # between two cancellations: a task that cleans up for longer is cut short


async def end(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel `tasks` until all have ended. How they ended is not told."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=REPEAT_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)


async def endable(work: Work[T]) -> T:
    """What `work` comes to. A cancellation is repeated until it is heeded: a TaskGroup gives only one."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    finally:
        while not task.done():
            with suppress(asyncio.CancelledError):  # we are ending already
                await end(task)


class EndableGroup(asyncio.TaskGroup):
    """A TaskGroup whose end cannot be missed by any of its tasks. Give its own body nothing to wait for."""

    def create_task(
        self, coro: Work[T], *, name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[T]:
        """Run `coro` as a task of the group."""
        task = super().create_task(endable(coro), name=name, context=context)
        task.add_done_callback(lambda _: coro.close())  # where it was cancelled before it began
        return task
