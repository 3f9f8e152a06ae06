"""The runner's side of the zygote: workers that start in milliseconds, with their modules imported."""

import asyncio
import atexit
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from contracts.errors import UnavailableError
from sandbox.limits import QUIET_ENVIRONMENT

_TRIES = 2  # a zygote may end between two calls


class Fork:
    """A worker process that waits for its call.

    Attributes:
        output, noise: What it writes to standard output, and to standard error.
        input: What it reads.
    """

    def __init__(
        self,
        talk: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        noise: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        status: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        pid: int,
    ) -> None:
        self.output, self.input = talk
        self.noise = noise[0]
        self._status = status[0]
        self._writers = (talk[1], noise[1], status[1])
        self._pid = pid
        self._code: int | None = None

    async def code(self) -> int:
        """Its exit code once it has ended; negative is the signal that killed it.

        Raises UnavailableError where nobody can tell, because the zygote died.
        """
        if self._code is None:
            line = await self._status.readline()
            if not line:
                raise UnavailableError("sandbox")
            self._code = int(line)
        return self._code

    async def end(self) -> None:
        """Kill it and what it started, if it runs, and wait for its end."""
        if self._code is None:
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
            with suppress(UnavailableError):
                await asyncio.shield(self.code())
        for writer in self._writers:
            writer.close()


class Forks:
    """A source of workers: a zygote, started at first use, and again where it has ended."""

    def __init__(self) -> None:
        self._modules: tuple[str, ...] = ()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._retired: list[subprocess.Popen[bytes]] = []
        atexit.register(self._end)

    def prepare(self, modules: Sequence[str]) -> None:
        """Import these modules ahead of the calls, from now on."""
        if tuple(modules) != self._modules:
            self.retire()
            self._modules = tuple(modules)
        self._started()

    def retire(self) -> None:
        """Let the present zygote end after its workers; the next call starts another."""
        if self._channel is not None and self._zygote is not None:
            self._channel.close()
            self._retired.append(self._zygote)
        self._channel = self._zygote = None
        self._retired = [process for process in self._retired if process.poll() is None]

    def _end(self) -> None:
        self.retire()
        for process in self._retired:
            process.kill()
            process.wait()

    async def fork(self) -> Fork:
        """A worker. Raises UnavailableError where none can be had."""
        for _ in range(_TRIES):
            with ExitStack() as mine:
                pairs = [socket.socketpair() for _ in range(3)]
                for ours, _ in pairs:
                    mine.callback(ours.close)
                if not self._send([theirs for _, theirs in pairs]):
                    continue
                talk, noise, status = [await asyncio.open_connection(sock=ours) for ours, _ in pairs]
                mine.pop_all()
                if line := await status[0].readline():
                    return Fork(talk, noise, status, int(line))
                for _, writer in (talk, noise, status):
                    writer.close()
            self.retire()
        raise UnavailableError("sandbox")

    def _send(self, theirs: Sequence[socket.socket]) -> bool:
        with ExitStack() as passed:
            for end in theirs:
                passed.callback(end.close)
            try:
                socket.send_fds(self._started(), [b"c"], [end.fileno() for end in theirs])
            except (BrokenPipeError, ConnectionResetError):
                self.retire()
                return False
            return True

    def _started(self) -> socket.socket:
        if self._channel is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                told = [str(os.getpid()), str(theirs.fileno()), *self._modules]
                self._zygote = subprocess.Popen(
                    [sys.executable, "-P", "-m", "sandbox.zygote", *told],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    cwd="/",
                    env=QUIET_ENVIRONMENT | {"PYTHONPATH": _import_path()},
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            self._channel = ours
        return self._channel


def _import_path() -> str:
    """Where this process imports from, so that the worker runs the same code."""
    entries = (str(Path(entry).absolute()) for entry in sys.path if entry)
    return os.pathsep.join(dict.fromkeys([str(Path(__file__).parents[1]), *entries]))
