"""An upload as the page that makes jobs shows it."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from contracts.errors import Failure, LimitError
from contracts.media import MediaInfo, MediaKind
from contracts.states import UploadState
from contracts.tiers import TierPolicy
from gateway.services.jobs import estimate_of
from gateway.site.formats import duration, frame_rate, resolution
from gateway.site.texts import t
from gateway.views.estimates import EstimateView
from storage.models import Upload


@dataclass(frozen=True)
class TargetShown:
    """An upload in whatever state it is; the facts below `failure` are there only once it is ready.

    Attributes:
        percent: How much of it has arrived, rounded down.
        reduction: What the tier will reduce, in words; empty where nothing is.
        refusal: Why no job can be made of it under the tier; empty where one can.
        result: Size and frame rate of what a job would make.
        parts: Segments it would about be cut into.
    """

    id: UUID
    filename: str
    size: int
    state: str
    percent: int
    failure: Failure | None = None
    kind: str = "video"
    seconds: float = 0.0
    resolution: str = ""
    fps: str = ""
    sound: str = ""
    summary: str = ""
    result: str = ""
    reduction: str = ""
    refusal: str = ""
    parts: int = 1

    @property
    def ready(self) -> bool:
        """Whether a job can be made of it."""
        return self.state == UploadState.READY and not self.refusal

    @classmethod
    def of(cls, upload: Upload, tier: TierPolicy, segment_seconds: float) -> "TargetShown":
        """`upload` under a tier; `segment_seconds` is the length segments aim at."""
        percent = 100 * upload.offset // upload.size if upload.size else 100
        failure = Failure.model_validate(upload.failure) if upload.failure else None
        facts = _facts(upload, tier, segment_seconds) if upload.info else {}
        return cls(upload.id, upload.filename, upload.size, str(upload.state), percent, failure, **facts)


def _facts(upload: Upload, tier: TierPolicy, segment_seconds: float) -> dict[str, Any]:
    info = MediaInfo.model_validate(upload.info)
    estimate = estimate_of(info, tier)
    size = resolution(*info.video.display_size)
    seconds = info.duration_seconds
    return {
        "kind": str(info.kind),
        "seconds": seconds,
        "resolution": size,
        "fps": frame_rate(info.video.fps) if info.kind is MediaKind.VIDEO else "",
        "sound": t("kept as it is") if info.audio else t("none"),
        "summary": f"{duration(seconds)}, {size}" if info.kind is MediaKind.VIDEO else size,
        "result": _result(estimate),
        "reduction": _reduction(info, estimate, tier),
        "refusal": _refusal(info, tier),
        "parts": max(1, math.ceil(seconds / segment_seconds)),
    }


def _result(estimate: EstimateView) -> str:
    size = resolution(estimate.width, estimate.height)
    return t("{size}, {fps} fps", size=size, fps=frame_rate(estimate.fps)) if estimate.fps else size


def _reduction(info: MediaInfo, estimate: EstimateView, tier: TierPolicy) -> str:
    changes = []
    if estimate.scaled:
        changes.append(t("scaled to {size}", size=resolution(estimate.width, estimate.height)))
    if estimate.fps_reduced:
        limit = frame_rate(Fraction(tier.max_fps))
        changes.append(t("reduced from {fps} to {limit} fps", fps=frame_rate(info.video.fps), limit=limit))
    if not changes:
        return ""
    return t("On the {tier} tier the result is {changes}.", tier=tier.title, changes=t(" and ").join(changes))


def _refusal(info: MediaInfo, tier: TierPolicy) -> str:
    try:
        tier.check_media(info)
    except LimitError as error:
        return error.message
    return ""
