"""Waiting for what must come, however slow the machine is."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

PATIENCE = 60.0  # seconds: a safety net, never a measure


async def until(check: Callable[[], object | Awaitable[object]], seconds: float = PATIENCE) -> None:
    """Wait until `check`, plain or async, gives something true.

    Raises:
        TimeoutError: It did not within `seconds`.
    """
    async with asyncio.timeout(seconds):
        while True:
            answer = check()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(0.02)
