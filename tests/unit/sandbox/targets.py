"""Functions that misbehave inside a worker, each in its own way."""

import os
import signal
import sys
import time
from pathlib import Path

import psutil
from pydantic import BaseModel

from contracts.errors import MediaError, Reason, UnavailableError, WorkError


class Request(BaseModel):
    value: str = ""


class Reply(BaseModel):
    value: str


def echo(request: Request) -> Reply:
    return Reply(value=request.value)


def environment(request: Request) -> Reply:
    return Reply(value=",".join(sorted(os.environ)))


def modules(request: Request) -> Reply:
    return Reply(value=",".join(sorted(name for name in sys.modules if name == "fractions")))


def zygote(request: Request) -> Reply:
    """The process that the worker was forked from, over its warden."""
    return Reply(value=str(psutil.Process().parents()[1].pid))


def chatter(request: Request) -> Reply:
    sys.stdout.write("garbage" * 10_000)
    os.write(1, b"\x00more garbage")
    os.write(2, b"x" * 1_000_000)
    return Reply(value=request.value)


def eat_memory(request: Request) -> Reply:
    hoard = [bytearray(2**24) for _ in range(10_000)]
    return Reply(value=str(len(hoard)))


def spin(request: Request) -> Reply:
    while True:
        pass


def sleep(request: Request) -> Reply:
    if request.value:
        Path(request.value).write_text(str(os.getpid()))
    time.sleep(600)
    return Reply(value="")


def segfault(request: Request) -> Reply:
    os.kill(os.getpid(), signal.SIGSEGV)
    return Reply(value="")


def leave(request: Request) -> Reply:
    sys.stderr.flush()
    os._exit(0)


def refuse(request: Request) -> Reply:
    raise MediaError(Reason.TRUNCATED, "cut short", missing=7)


def refuse_work(request: Request) -> Reply:
    raise WorkError(Reason.RESULT_MISMATCH, "no match", retryable=False)


def unavailable(request: Request) -> Reply:
    raise UnavailableError("object store", 3.0)


def stumble(request: Request) -> Reply:
    raise ZeroDivisionError


def wrong_reply(request: Request) -> Request:
    return Request(value="")
