"""A file through the service's own processes: the sandbox with its limits, and the agent's worker."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import sandbox
from contracts.errors import MediaError, Reason, VisageError
from contracts.media import MediaInfo, MediaKind, Plan
from contracts.settings import AgentSettings, SandboxSettings
from faces.jobs import PhotoReply, PhotoRequest
from gpu_agent.child import Child, WorkerDiedError
from media import jobs
from media.joining.report import JoinReport
from media.spec import encode_spec
from tests.fuzz.steps import STEPS, File, Outcome, order, plan_request

LIMITS = SandboxSettings()
# What the runner says of a worker that ended by itself, within its limits.
_CRASHES = ("it crashed", "or broke off", "makes no sense")


async def confirm(file: File, child: Child, steps: tuple[str, ...] = STEPS) -> list[Outcome]:
    """Take the steps as the service does. A crash is a finding, though the service has a reason for it."""
    found = []
    for name in steps:
        needs, step = _STEPS[name]
        if all(getattr(file, need) is not None for need in needs):
            found.append(await _outcome(name, step, file, child))
    return found


def worker() -> Child:
    """An agent's worker process, not started yet."""
    return Child(AgentSettings(engine="paste"), "cpu", 1)


async def _outcome(
    name: str, step: Callable[[File, Child], Awaitable[None]], file: File, child: Child
) -> Outcome:
    try:
        await step(file, child)
    except VisageError as error:
        crashed = isinstance(error, WorkerDiedError) or any(word in error.message for word in _CRASHES)
        return Outcome(name, None if crashed else error.reason, error.message)
    except Exception as error:
        return Outcome(name, None, f"{type(error).__name__}: {error}")
    return Outcome(name, "ok")


async def _probe(file: File, child: Child) -> None:
    request = jobs.ProbeRequest(url=str(file.path))
    file.info = await sandbox.run("media.jobs:probe", request, MediaInfo, limits=LIMITS)


async def _copy(file: File, child: Child) -> None:
    request = jobs.CopyRequest(url=str(file.path), out=file.copy)
    await sandbox.run("media.jobs:work_copy", request, jobs.CopyReply, limits=LIMITS)


async def _plan(file: File, child: Child) -> None:
    file.plan = await sandbox.run("media.jobs:plan", plan_request(file), Plan, limits=LIMITS)


async def _spec(file: File, child: Child) -> None:
    assert file.info is not None
    file.spec = encode_spec(file.info)  # in the scheduler itself, which parses nothing


async def _segment(file: File, child: Child) -> None:
    try:
        for number in range(file.segments):
            await child.run(order(file, number), lambda progress: None)
    except BaseException:
        file.spec = None
        raise


async def _join(file: File, child: Child) -> None:
    await sandbox.run("media.jobs:join", file.join_request, JoinReport, limits=LIMITS)


async def _poster(file: File, child: Child) -> None:
    await _still("poster", file)


async def _preview(file: File, child: Child) -> None:
    await _still("preview", file)


async def _still(what: str, file: File) -> None:
    request = jobs.StillRequest(video=str(file.path), out=file.out)
    await sandbox.run(f"media.jobs:{what}", request, jobs.StillReply, limits=LIMITS)


async def _photo(file: File, child: Child) -> None:
    if file.info is not None and file.info.kind is MediaKind.VIDEO:
        raise MediaError(Reason.NOT_A_PICTURE, "It is known to be a video.")
    request = PhotoRequest(url=str(file.path))
    await sandbox.run("faces.jobs:check_photo", request, PhotoReply, limits=LIMITS)


_STEPS: dict[str, tuple[tuple[str, ...], Callable[[File, Child], Awaitable[None]]]] = {
    "probe": ((), _probe),
    "copy": (("info",), _copy),
    "plan": ((), _plan),
    "spec": (("info",), _spec),
    "segment": (("info", "plan", "spec"), _segment),
    "join": (("info", "plan", "spec"), _join),
    "poster": ((), _poster),
    "preview": (("info",), _preview),
    "photo": ((), _photo),
}


def file_of(path: Path, folder: Path, span: float) -> File:
    """The file at `path`, worked on in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return File(path, folder, span)
