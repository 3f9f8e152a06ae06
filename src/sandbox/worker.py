"""The worker: forked for one call, it reads it from stdin, answers on stdout, ends.

Whatever the target or a library prints goes to stderr.
"""

import importlib
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import BaseModel

from contracts.errors import Failure, MediaError, Reason, VisageError, WorkError
from sandbox import limits
from sandbox.wire import Answer, Call


def main() -> None:
    """Answer one call; without one, end."""
    answers = _take_stdout()
    told = sys.stdin.buffer.read()
    if not told:
        return
    call = Call.model_validate_json(told)
    limits.apply(memory_mb=call.memory_mb, cpu_seconds=call.cpu_seconds)
    _send(answers, _answer(call).model_dump_json().encode())
    sys.stderr.flush()
    os._exit(0)  # threads of native libraries must not delay or spoil the end


def _take_stdout() -> int:
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers


def _send(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)


def _answer(call: Call) -> Answer:
    try:
        function, model = _resolve(call.target)
        reply = function(model.model_validate_json(call.request))
        return Answer(reply=reply.model_dump_json())
    except VisageError as error:
        return _failed(error)
    except Exception as error:
        return _failed(_typed(error))


def _typed(error: Exception) -> VisageError:
    if limits.is_want_of_memory(error):
        return MediaError(Reason.PROBE_LIMIT, "The file needs more memory than its examination may take.")
    return WorkError(Reason.INTERNAL, f"The worker failed: {type(error).__name__}.", retryable=False)


def _failed(error: VisageError) -> Answer:
    trace = traceback.format_exc() if error.reason is Reason.INTERNAL else None
    failure = Failure(reason=error.reason, message=error.message, detail=error.detail)
    retryable = error.retryable if isinstance(error, WorkError) else None
    return Answer(failure=failure, family=type(error).__name__, retryable=retryable, trace=trace)


def _resolve(target: str) -> tuple[Callable[[Any], BaseModel], type[BaseModel]]:
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    hints = get_type_hints(function)
    hints.pop("return", None)
    (model,) = hints.values()
    return function, model
