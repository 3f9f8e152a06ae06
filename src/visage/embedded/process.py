"""Start a program that dies with us, and stop it."""

import asyncio
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LOG_BYTES = 8_000_000


@dataclass(frozen=True)
class Program:
    """How to start one program.

    Attributes:
        name: Its name in logs, and of its log file.
        argv: The command line; the first item is the path of the executable.
        env: The whole environment; nothing else is inherited.
        log: Standard output and error are appended here.
        cwd: Working folder.
        uid: User id to run as; None stays who we are.
        gid: Group id to run as, together with `uid`.
        fds: Open file descriptors it keeps.
        stop_signal: Asks it to end.
        death_signal: The kernel sends it this when we die in any way.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    cwd: Path = Path("/")
    uid: int | None = None
    gid: int | None = None
    fds: tuple[int, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL


async def spawn(program: Program) -> asyncio.subprocess.Process:
    """Start `program` in a session of its own, so that a terminal's Ctrl-C reaches only us.

    Call it from the main thread: the kernel counts the end of the starting *thread* as our death.
    """
    _rotate(program.log)
    with program.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *program.argv,
            env=dict(program.env),
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=program.fds,
            user=program.uid,
            group=program.gid,
            extra_groups=None if program.uid is None else [],
            preexec_fn=die_with_parent(program.death_signal),
        )


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """What a child calls between fork and exec, after the change of user, which would clear the wish."""
    parent = os.getpid()

    def wish() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # we died before the wish was made
            os._exit(1)

    return wish


async def stop(process: asyncio.subprocess.Process, stop_signal: signal.Signals, grace: float) -> None:
    """Ask `process` to end, and kill it when it has not after `grace` seconds."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.send_signal(stop_signal)
    try:
        await asyncio.wait_for(process.wait(), grace)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(log.suffix + ".1"))
