"""The process that workers are forked from: it has imported what they need, and sees no byte of any user.

`python -m sandbox.zygote PARENT CHANNEL MODULE...` serves calls until the socket CHANNEL ends, or nobody calls for
long. Each message on it carries three sockets: for the worker's standard input and output, for its standard error,
and for its process id and, at last, its exit code, one a line.

    runner ── exec ──► zygote ── fork ──► warden ── fork ──► worker

A warden waits for its one worker and tells how it ended. Each dies with its parent.
"""

import importlib
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from sandbox import limits, worker

_IDLE_SECONDS = 600.0  # then its memory is given back; the next call starts another


def main() -> None:
    """Fork a worker for each call."""
    parent, channel, *modules = sys.argv[1:]
    limits.die_with_parent(int(parent))
    for module in modules:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, _reap)
    with socket.socket(fileno=int(channel)) as calls:
        calls.settimeout(_IDLE_SECONDS)
        with suppress(TimeoutError):
            _serve(calls)
    with suppress(ChildProcessError):
        while True:
            os.wait()  # until the last worker has ended: it would die with us


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue


def _serve(calls: socket.socket) -> None:
    zygote = os.getpid()
    while True:
        message, sockets, _, _ = socket.recv_fds(calls, 1, 3)
        if not message:
            return
        if os.fork() == 0:
            calls.close()
            _ward(zygote, sockets)
        _close(sockets)


def _ward(zygote: int, sockets: list[int]) -> NoReturn:
    try:
        limits.die_with_parent(zygote)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        warden = os.getpid()
        pid = os.fork()
        if pid == 0:
            _work(warden, sockets)
        _close(sockets[:2])
        _, status = os.waitpid(pid, 0)
        os.write(sockets[2], b"%d\n" % os.waitstatus_to_exitcode(status))
    finally:
        os._exit(0)


def _work(warden: int, sockets: list[int]) -> NoReturn:
    try:
        limits.die_with_parent(warden)
        os.setsid()
        talk, noise, status = sockets
        os.write(status, b"%d\n" % os.getpid())
        for place, taken in enumerate((talk, talk, noise)):
            os.dup2(taken, place)
        _close(sockets)
        worker.main()
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(1)


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


if __name__ == "__main__":
    main()
