"""The agent's side of a worker process: started ahead of need, killed on cancel and when it hangs."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog
from pydantic import BaseModel, ValidationError

from contracts.engines import TIMED, family
from contracts.errors import Reason, UnavailableError, WorkError, error_of
from contracts.settings import AgentSettings
from gpu_agent import engines
from gpu_agent.wire import REPLY, Boot, Order, Outcome, Progress, Ready, Trouble
from sandbox.limits import QUIET_ENVIRONMENT

_log = structlog.get_logger()

# What an accelerator's libraries need to be found; none of it is a secret.
_DEVICE_ENVIRONMENT = ("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "LD_LIBRARY_PATH")
_START_SECONDS = 120.0
_LINE_BYTES = 2**20


class WorkerDiedError(WorkError):
    """The worker process ended in the middle of its work: the agent's fault, not the segment's price."""


class Child:
    """A worker process for one slot. One segment at a time."""

    def __init__(self, settings: AgentSettings, device: str, threads: int) -> None:
        """A worker that is not started yet, with `threads` threads for its work."""
        self._settings = settings
        self._engine = settings.engine or engines.usual()
        self._device = device
        self._threads = threads
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Process id of the worker; None while none runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Have a worker that has loaded its engine. Raises `WorkError` where it cannot."""
        async with self._starting:
            if self.pid is None:
                await self._start()

    async def run(self, order: Order, on_progress: Callable[[Progress], None]) -> Outcome:
        """Make a segment. Cancelling this kills the worker.

        Raises:
            VisageError: As the worker met it, `SEGMENT_TIMEOUT` when it hung, `WorkerDiedError` when it died.
        """
        await self.start()
        done = False
        try:
            async with asyncio.timeout(order.task.timeout_seconds):
                await self._tell(order)
                outcome = await self._outcome(on_progress)
            done = True
            return outcome
        except TimeoutError as error:
            raise _hung(f"it took longer than {order.task.timeout_seconds:g} s") from error
        except _Refused as refused:
            done = True
            raise _error(refused.trouble) from refused
        finally:
            if not done:
                await self.stop()

    async def stop(self) -> None:
        """Kill the worker, if one runs."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "gpu_agent.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd="/",
            env=environment(self._threads),
            start_new_session=True,
            limit=_LINE_BYTES,
        )
        ready = False
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._tell(self._boot())
                await self._ready()
            ready = True
        except TimeoutError as error:
            raise WorkError(Reason.ENGINE_FAILED, "The worker did not start in time.") from error
        finally:
            if not ready:
                await self.stop()

    def _boot(self) -> Boot:
        return Boot(
            parent=os.getpid(),
            memory_mb=self._settings.memory_mb if self._device == "cpu" else None,
            threads=self._threads,
            engine=None if family(self._engine) == TIMED else self._engine,
            device=self._device,
            blend=self._settings.blend,
        )

    async def _ready(self) -> None:
        reply = await self._reply()
        if not isinstance(reply, Ready):
            raise WorkError(Reason.ENGINE_FAILED, "The worker did not start as it should.")
        _log.info("agent.worker_ready", worker=self.pid, engine=self._engine)

    async def _outcome(self, on_progress: Callable[[Progress], None]) -> Outcome:
        while True:
            reply = await self._next_reply()
            if isinstance(reply, Outcome):
                return reply
            if isinstance(reply, Trouble):
                raise _Refused(reply)
            if isinstance(reply, Progress):
                on_progress(reply)

    async def _next_reply(self) -> Ready | Progress | Outcome | Trouble:
        patience = self._settings.stall_seconds
        try:
            async with asyncio.timeout(patience):
                return await self._reply()
        except TimeoutError as error:
            raise _hung(f"no frame was done for {patience:g} s") from error

    async def _reply(self) -> Ready | Progress | Outcome | Trouble:
        assert self._process is not None and self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise _died(await self._process.wait())
        try:
            return REPLY.validate_json(line)
        except ValidationError as error:
            raise WorkError(Reason.ENGINE_FAILED, "The worker's answer makes no sense.") from error

    async def _tell(self, message: BaseModel) -> None:
        assert self._process is not None and self._process.stdin is not None
        with suppress(BrokenPipeError, ConnectionResetError):  # if it died, the reply will say so
            self._process.stdin.write(message.model_dump_json().encode() + b"\n")
            await self._process.stdin.drain()


class _Refused(Exception):  # noqa: N818 - it carries an answer
    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble


def _error(trouble: Trouble) -> Exception:
    if trouble.family == UnavailableError.__name__:
        return UnavailableError(str(trouble.failure.detail.get("what", "object store")))
    error = error_of(trouble.failure, trouble.family)
    if isinstance(error, WorkError):
        error.retryable = trouble.retryable
    return error


def _hung(cause: str) -> WorkError:
    return WorkError(Reason.SEGMENT_TIMEOUT, f"The segment was given up: {cause}.")


def _died(code: int) -> WorkError:
    if code == -signal.SIGKILL:
        return WorkerDiedError(
            Reason.OUT_OF_MEMORY, "The worker was killed, most likely for want of memory.", code=code
        )
    cause = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return WorkerDiedError(Reason.ENGINE_FAILED, f"The worker died ({cause}).", code=code)


def environment(threads: int) -> dict[str, str]:
    """What a worker may know: no secret of the agent's, only what it needs to import and to find its device."""
    paths = [str(Path(__file__).parents[1]), *(str(Path(entry).absolute()) for entry in sys.path if entry)]
    device = {name: os.environ[name] for name in _DEVICE_ENVIRONMENT if name in os.environ}
    return (
        QUIET_ENVIRONMENT
        | device
        | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "OMP_NUM_THREADS": str(threads)}
    )
