"""What travels between the runner and its worker: one JSON object each way."""

from typing import Any

from pydantic import BaseModel

from contracts.errors import Failure


class Call(BaseModel):
    """What the worker is to do.

    Attributes:
        target: "module:function".
        request: The request as JSON; the function's annotation says its model.
        parent: Process id of the runner.
    """

    target: str
    request: str
    memory_mb: int
    cpu_seconds: int
    parent: int


class Answer(BaseModel):
    """What came of it: either `reply`, or `failure` with the name of its class in `family`."""

    reply: Any = None
    failure: Failure | None = None
    family: str | None = None
    retryable: bool | None = None
    trace: str | None = None
