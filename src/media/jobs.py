"""What runs in the sandbox: each takes a request, opens what it names, and returns a reply."""

from pathlib import Path

from pydantic import BaseModel, Field

from contracts.media import EncodeSpec, MediaInfo, MediaLimits, Plan, SegmentRange
from media.joining.report import JoinReport
from media.sources.source import open_source

# Bytes read at a time of an index: what lies scattered in a file, such as headers of fragments, is small.
_INDEX_BLOCK = 1024


class ProbeRequest(BaseModel):
    """Examine the file at `url`, a presigned URL or an absolute path."""

    url: str
    limits: MediaLimits = Field(default_factory=MediaLimits)


class PlanRequest(BaseModel):
    """Cut the file at `url` into segments of about `segment_seconds`; `every_frame` as `media.plan.plan` says."""

    url: str
    segment_seconds: float = 5.0
    every_frame: bool = True


class CopyRequest(BaseModel):
    """Write a work copy of the file at `url` at the absolute path `out`, where one is needed for its plan."""

    url: str
    out: Path
    segment_seconds: float = 5.0


class CopyReply(BaseModel):
    """Whether a work copy was written."""

    written: bool


class JoinRequest(BaseModel):
    """Make the result at the absolute path `out`; see `media.joining.join.join`.

    Attributes:
        segments, original: Presigned URLs or absolute paths.
        damaged: Ranges in which an agent met packets that it could not decode.
    """

    segments: list[str]
    original: str
    out: Path
    encode: EncodeSpec
    damaged: list[SegmentRange] = Field(default_factory=list)


class StillRequest(BaseModel):
    """Write a poster or preview of `video` (presigned URL or absolute path) at the absolute path `out`."""

    video: str
    out: Path
    max_height: int = 720


class StillReply(BaseModel):
    """Bytes of the file that was written."""

    size: int


def probe(request: ProbeRequest) -> MediaInfo:
    """Run `media.probe.probe`."""
    from media.probe import probe as run

    with open_source(request.url) as source:
        return run(source, request.limits)


def plan(request: PlanRequest) -> Plan:
    """Run `media.plan.plan`."""
    from media.plan import plan as run

    with open_source(request.url, _INDEX_BLOCK) as source:
        return run(source, request.segment_seconds, request.every_frame)


def work_copy(request: CopyRequest) -> CopyReply:
    """Run `media.containers.remux.remux`."""
    from media.containers.remux import remux as run

    with open_source(request.url) as source:
        return CopyReply(written=run(source, request.out, request.segment_seconds))


def join(request: JoinRequest) -> JoinReport:
    """Run `media.joining.join.join`."""
    from media.joining.join import join as run

    return run(request.segments, request.original, request.out, request.encode, request.damaged)


def poster(request: StillRequest) -> StillReply:
    """Run `media.previews.preview.poster`."""
    from media.previews.preview import poster as run

    run(request.video, request.out)
    return StillReply(size=request.out.stat().st_size)


def preview(request: StillRequest) -> StillReply:
    """Run `media.previews.preview.browser_preview`."""
    from media.previews.preview import browser_preview as run

    run(request.video, request.out, request.max_height)
    return StillReply(size=request.out.stat().st_size)
