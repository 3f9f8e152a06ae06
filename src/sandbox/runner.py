"""The runner: has a worker forked for one call, waits within limits, never leaves it behind."""

import asyncio
import signal
from contextlib import suppress
from typing import TypeVar

import structlog
from pydantic import BaseModel, ValidationError

from contracts.errors import MediaError, Reason, UnavailableError, VisageError, WorkError, error_of
from contracts.settings import SandboxSettings
from sandbox.forks import Forks
from sandbox.wire import Answer, Call

R = TypeVar("R", bound=BaseModel)

_MAX_ANSWER = 64 * 2**20  # bytes of an answer; a plan of a day of video is a few MB
_MAX_STDERR = 64 * 2**10

_log = structlog.get_logger()
_forks = Forks()


async def run(target: str, request: BaseModel, reply: type[R], *, limits: SandboxSettings) -> R:
    """Run `target` ("module:function", taking a model and returning one) in a process of its own.

    The process has no environment and no secrets: `request` names bytes by presigned URL or absolute path.
    A typed error of the target is raised here again. A worker that crashes or exceeds its memory, processor
    or wall time raises MediaError(PROBE_LIMIT). When the awaiting task is cancelled, the process is killed.
    """
    call = Call(
        target=target,
        request=request.model_dump_json(),
        memory_mb=limits.memory_mb,
        cpu_seconds=limits.cpu_seconds,
    )
    answer = await _call(call, limits.wall_seconds)
    if answer.failure is not None:
        raise _error(answer, target)
    try:
        return reply.model_validate_json(answer.reply or "null")
    except ValidationError as error:
        raise _limit("it gave an answer that makes no sense", target) from error


def prepare(*modules: str) -> None:
    """Import these modules ahead, so that workers need not: calls then begin within milliseconds.

    They must be ours: they are imported once, in a process that all workers of this one are forked from.
    """
    _forks.prepare(modules)


async def _call(call: Call, wall_seconds: float) -> Answer:
    worker = await _forks.fork()
    try:
        async with asyncio.timeout(wall_seconds):
            output, noise, _ = await asyncio.gather(
                _read(worker.output, _MAX_ANSWER),
                _read(worker.noise, _MAX_STDERR),
                _feed(worker.input, call.model_dump_json().encode()),
            )
            code = await worker.code()
    except TimeoutError as error:
        raise _limit(f"it took longer than {wall_seconds:g} s", call.target) from error
    finally:
        await worker.end()
    if code < 0:  # whoever tries for a weakness of a decoder shall not meet the same addresses again
        _forks.retire()
    return _parse(output, noise, code, call.target)


async def _feed(stream: asyncio.StreamWriter, data: bytes) -> None:
    try:
        stream.write(data)
        await stream.drain()
        stream.write_eof()
    except OSError:
        return  # the worker died first; its exit code tells why


async def _read(stream: asyncio.StreamReader, limit: int) -> bytes:
    """All of the stream; what exceeds `limit` is read and thrown away, so that the writer never blocks."""
    kept = bytearray()
    with suppress(ConnectionResetError):  # it died with words of ours unread
        while chunk := await stream.read(2**16):
            kept += chunk[: max(0, limit - len(kept))]
    return bytes(kept)


def _parse(output: bytes, noise: bytes, code: int, target: str) -> Answer:
    if code != 0 or not output:
        _log.warning("sandbox.worker_died", target=target, code=code, stderr=_tail(noise))
        raise _limit(_cause(code), target)
    try:
        return Answer.model_validate_json(output)
    except ValidationError as error:
        raise _limit("it gave an answer that makes no sense", target) from error


def _cause(code: int) -> str:
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        return "it took more processor time than allowed"
    if code < 0:
        return f"it crashed ({signal.Signals(-code).name})"
    return "it needed more memory than allowed, or broke off"


def _limit(cause: str, target: str) -> MediaError:
    return MediaError(
        Reason.PROBE_LIMIT,
        f"The file could not be examined: {cause}. A file that plays in an ordinary player, "
        "saved again by it, usually passes.",
        target=target,
        cause=cause,
    )


def _error(answer: Answer, target: str) -> VisageError:
    assert answer.failure is not None
    if answer.trace:
        _log.error("sandbox.target_failed", target=target, trace=answer.trace)
    if answer.family == "UnavailableError":
        return UnavailableError(str(answer.failure.detail.get("what", "object store")))
    error = error_of(answer.failure, answer.family or "WorkError")
    if isinstance(error, WorkError) and answer.retryable is not None:
        error.retryable = answer.retryable
    return error


def _tail(noise: bytes) -> str:
    return noise[-2000:].decode(errors="replace")
