"""A bounded mailbox of announcements."""

import asyncio
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

import structlog
from nats.aio.msg import Msg
from pydantic import BaseModel, ValidationError

log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)

CAPACITY = 4096  # messages; a reader that falls behind by more loses the oldest


class Listener(Generic[M]):
    """Iterates over `(subject, message)`. Made by `Bus.listen`."""

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._queue: asyncio.Queue[tuple[str, M] | None] = asyncio.Queue(CAPACITY)

    async def receive(self, msg: Msg) -> None:
        """Take one message of the client; what is no model is logged and dropped."""
        try:
            message = self._model.model_validate_json(msg.data)
        except ValidationError as error:
            log.warning("unreadable announcement", subject=msg.subject, error=str(error))
            return
        self._put((msg.subject, message))

    def end(self) -> None:
        """Let iteration finish."""
        self._put(None)

    def _put(self, item: tuple[str, M] | None) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(item)

    async def __aiter__(self) -> AsyncIterator[tuple[str, M]]:
        while (item := await self._queue.get()) is not None:
            yield item
