"""What travels between the runner and its worker: one JSON object each way."""

from pydantic import BaseModel

from contracts.errors import Failure


class Call(BaseModel):
    """What the worker is to do.

    Attributes:
        target: "module:function".
        request: The request as JSON; the function's annotation says its model.
    """

    target: str
    request: str
    memory_mb: int
    cpu_seconds: int


class Answer(BaseModel):
    """What came of it: either `reply`, a model as JSON, or `failure` with the name of its class in `family`."""

    reply: str | None = None
    failure: Failure | None = None
    family: str | None = None
    retryable: bool | None = None
    trace: str | None = None
