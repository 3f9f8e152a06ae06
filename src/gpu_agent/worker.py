"""The worker process of a slot: `python -m gpu_agent.worker`. It alone parses what users uploaded.

It has no secrets: orders come as lines on stdin and name bytes by presigned URLs; replies go to stdout.
It lives for many segments, so that engines and identities are loaded once.
"""

import errno
import os
import sys
import traceback
from typing import BinaryIO

import cv2
from pydantic import BaseModel

from contracts.errors import Reason, VisageError, WorkError
from gpu_agent.identities import Identities
from gpu_agent.pipeline import Workshop
from gpu_agent.wire import Boot, Order, Outcome, Progress, Ready, Trouble
from sandbox import limits


def main() -> None:
    """Serve orders until stdin ends."""
    replies = _take_stdout()
    boot = Boot.model_validate_json(sys.stdin.buffer.readline())
    limits.die_with_parent(boot.parent)
    limits.apply(memory_mb=boot.memory_mb)
    cv2.setNumThreads(boot.threads)
    workshop = Workshop(Identities(boot.device), boot.threads, boot.blend)
    if boot.engine is not None:
        workshop.identities.warm(boot.engine)
    _send(replies, Ready())
    for line in sys.stdin.buffer:
        _send(replies, _serve(workshop, Order.model_validate_json(line), replies))


def _serve(workshop: Workshop, order: Order, replies: BinaryIO) -> Outcome | Trouble:
    try:
        return workshop.make(order, lambda frames: _send(replies, Progress(frames=frames)))
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return trouble_of(error)


def trouble_of(error: Exception) -> Trouble:
    """What is said of an error: typed ones as they are, the rest by what they most likely mean."""
    typed = error if isinstance(error, VisageError) else _typed(error)
    # What cannot be decoded here cannot be decoded elsewhere; work can often be done elsewhere.
    retryable = typed.retryable if isinstance(typed, WorkError) else typed.reason is Reason.UNAVAILABLE
    return Trouble(failure=typed.failure, family=type(typed).__name__, retryable=retryable)


def _typed(error: Exception) -> WorkError:
    if limits.is_want_of_memory(error):
        return WorkError(Reason.OUT_OF_MEMORY, "The segment needs more memory than this agent has.")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return WorkError(Reason.DISK_FULL, "The agent's disk is full.")
    return WorkError(
        Reason.ENGINE_FAILED, f"The agent could not work on the segment ({type(error).__name__})."
    )


def _send(replies: BinaryIO, message: BaseModel) -> None:
    replies.write(message.model_dump_json().encode() + b"\n")
    replies.flush()


def _take_stdout() -> BinaryIO:
    """The pipe to the agent; whatever a library prints goes to stderr instead."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


if __name__ == "__main__":
    main()
