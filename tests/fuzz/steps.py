"""What the service does with an upload, one step after another, as far as the file allows."""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel

from contracts.errors import MediaError, Reason, VisageError
from contracts.media import EncodeSpec, MediaInfo, MediaKind, Plan
from contracts.messages import SegmentTask
from faces.jobs import PhotoRequest, check_photo
from gpu_agent.identities import Identities
from gpu_agent.pipeline import Workshop
from gpu_agent.wire import Order
from media import jobs
from media.spec import encode_spec
from sandbox.limits import is_want_of_memory

STEPS = ("probe", "copy", "plan", "spec", "segment", "join", "poster", "preview", "photo")
_NOBODY = UUID(int=0)
_SHORT_PLAN = 6  # segments


@dataclass(frozen=True)
class Outcome:
    """How a step ended.

    Attributes:
        reason: Of a typed error; "ok" of a value; None where it ended in no way it may end.
        said: The message or the error.
        where: The innermost place of ours that an untyped error came through.
    """

    step: str
    reason: str | None
    said: str = ""
    where: str = ""

    @property
    def is_finding(self) -> bool:
        return self.reason in (None, Reason.INTERNAL, Reason.ENGINE_FAILED)

    @property
    def cause(self) -> tuple[str, str]:
        """The same for two files that show the same fault."""
        return self.step, self.where or self.said

    def as_json(self) -> dict[str, str | None]:
        return asdict(self)


@dataclass
class File:
    """A file on its way, and what is known of it so far."""

    path: Path
    folder: Path
    span: float
    info: MediaInfo | None = None
    plan: Plan | None = None
    spec: EncodeSpec | None = None

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def copy(self) -> Path:
        return self.folder / "copy"

    def segment(self, number: int) -> Path:
        return self.folder / f"{number}.nut"

    @property
    def segments(self) -> int:
        """How many segments are made: all of a short plan, which can be joined; else the first."""
        count = len(self.plan.segments) if self.plan is not None else 0
        return count if count <= _SHORT_PLAN else 1

    @property
    def join_request(self) -> jobs.JoinRequest:
        assert self.spec is not None
        segments = [str(self.segment(number)) for number in range(self.segments)]
        return jobs.JoinRequest(segments=segments, original=str(self.path), out=self.out, encode=self.spec)


def outcomes(file: File, steps: tuple[str, ...] = STEPS) -> Iterator[Outcome]:
    """Take the steps in order. Where one fails, those that need what it finds are not taken."""
    for name in steps:
        needs, step = _STEPS[name]
        if all(getattr(file, need) is not None for need in needs):
            yield _outcome(name, lambda step=step: step(file))


def _outcome(name: str, step: Callable[[], None]) -> Outcome:
    try:
        step()
    except VisageError as error:
        return Outcome(name, error.reason, error.message)
    except Exception as error:
        if is_want_of_memory(error):
            return Outcome(name, Reason.OUT_OF_MEMORY)
        return Outcome(name, None, f"{type(error).__name__}: {error}", _place(error))
    return Outcome(name, "ok")


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/src/" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].name}"


def _probe(file: File) -> None:
    file.info = _sent(jobs.probe(jobs.ProbeRequest(url=str(file.path))))


def _copy(file: File) -> None:
    _sent(jobs.work_copy(jobs.CopyRequest(url=str(file.path), out=file.copy)))


def plan_request(file: File) -> jobs.PlanRequest:
    """What the scheduler asks for; short segments want every frame, as a limited frame rate does."""
    return jobs.PlanRequest(url=str(file.path), segment_seconds=file.span, every_frame=file.span < 1)


def _plan(file: File) -> None:
    file.plan = _sent(jobs.plan(plan_request(file)))
    if not file.plan.segments:
        raise AssertionError("a plan without segments")


def _spec(file: File) -> None:
    assert file.info is not None
    file.spec = _sent(encode_spec(file.info))


def _segment(file: File) -> None:
    try:
        workshop = Workshop(Identities(), threads=1)
        for number in range(file.segments):
            workshop.make(order(file, number), lambda frames: None)
    except BaseException:
        file.spec = None  # there is nothing to join
        raise


def _join(file: File) -> None:
    _sent(jobs.join(file.join_request))


def _poster(file: File) -> None:
    jobs.poster(jobs.StillRequest(video=str(file.path), out=file.out))


def _preview(file: File) -> None:
    jobs.preview(jobs.StillRequest(video=str(file.path), out=file.out))


def _photo(file: File) -> None:
    if file.info is not None and file.info.kind is MediaKind.VIDEO:
        raise MediaError(Reason.NOT_A_PICTURE, "It is known to be a video.")
    _sent(check_photo(PhotoRequest(url=str(file.path))))


def _sent(value: BaseModel) -> "BaseModel":
    """The value as it comes out of the sandbox."""
    return type(value).model_validate_json(value.model_dump_json())


def order(file: File, number: int) -> Order:
    """What an agent is told about a segment."""
    assert file.info is not None and file.plan is not None and file.spec is not None
    task = SegmentTask(
        attempt_id=_NOBODY,
        job_id=_NOBODY,
        segment_index=number,
        attempt=1,
        kind=file.info.kind,
        source_key="source",
        source_size=file.path.stat().st_size,
        stream_index=file.plan.stream_index,
        time_base=file.plan.time_base,
        range=file.plan.segments[number],
        encode=file.spec,
        engine="paste",
        faces=[],
        output_key=f"{number}.nut",
    )
    return Order(task=task, source_url=str(file.path), faces=[], output=str(file.segment(number)))


_STEPS: dict[str, tuple[tuple[str, ...], Callable[[File], None]]] = {
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
