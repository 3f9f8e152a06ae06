"""Tier policy: what a tariff allows, and the checks made before any work begins."""

from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

from contracts.errors import LimitError, Reason
from contracts.media import MediaInfo, MediaKind

EVERYTHING = "everything"
"""The scope of a pause that holds for every tier; no tier may have this name."""


class TierPolicy(BaseModel):
    """One tariff, as its row says it.

    Attributes:
        name: Lower-case letters, digits and dashes: it is a token of a NATS subject.
        weight: Share of GPU time against other users, by user, while both have work waiting.
        max_in_flight: Segments of one user that may run at the same time.
        burst: Whether idle slots may be used above `max_in_flight` when nobody else wants them.
        max_height: Lines of the result's shorter side in pixels; a larger video is scaled to it, a picture is not.
        max_fps: Frames a second of the result; a faster video is reduced to it.
        max_seconds: Longest video accepted.
        max_bytes: Largest upload accepted.
        max_jobs: Jobs of one user that may be unfinished at the same time.
        retention_days: How long uploads and results are kept.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    title: str
    weight: float = Field(gt=0)
    max_in_flight: int = Field(ge=1)
    burst: bool = False
    max_height: int = Field(ge=16)
    max_fps: int = Field(ge=1)
    max_seconds: float = Field(gt=0)
    max_bytes: int = Field(gt=0)
    max_jobs: int = Field(ge=1)
    retention_days: int = Field(ge=1)

    def check_size(self, size: int) -> None:
        """Refuse an upload of `size` bytes that is larger than the tier allows."""
        if size > self.max_bytes:
            raise LimitError(
                Reason.SIZE_LIMIT,
                f"The file has {_bytes(size)}; the {self.title} tier takes files of up to {_bytes(self.max_bytes)}.",
                limit=self.max_bytes,
                value=size,
            )

    def check_media(self, info: MediaInfo) -> None:
        """Refuse media that the tier does not allow. Resolution and frame rate are not refused but reduced."""
        self.check_size(info.size)
        if info.duration_seconds > self.max_seconds:
            raise LimitError(
                Reason.DURATION_LIMIT,
                f"The video lasts {_time(info.duration_seconds)}; the {self.title} tier takes videos of up to "
                f"{_time(self.max_seconds)}.",
                limit=self.max_seconds,
                value=info.duration_seconds,
            )

    def check_jobs(self, unfinished: int) -> None:
        """Refuse one more job when `unfinished` jobs of the user fill the tier's limit."""
        if unfinished >= self.max_jobs:
            raise LimitError(
                Reason.JOBS_LIMIT,
                f"{unfinished} of your jobs are unfinished, and the {self.title} tier runs {self.max_jobs} at a time. "
                "A new one can be started when one of them ends or is cancelled.",
                limit=self.max_jobs,
                value=unfinished,
            )

    def scaled_size(self, width: int, height: int, kind: MediaKind = MediaKind.VIDEO) -> tuple[int, int]:
        """The result's size in pixels: `width` x `height`, or a video's largest even reduction that the tier
        allows. Pictures keep their size."""
        shorter = min(width, height)
        if kind is MediaKind.PICTURE or shorter <= self.max_height:
            return width, height
        ratio = Fraction(self.max_height, shorter)
        return max(2, round(width * ratio / 2) * 2), max(2, round(height * ratio / 2) * 2)

    def limited_fps(self, fps: Fraction) -> Fraction | None:
        """The frame rate the result is reduced to, or None where the video's own is allowed.

        A rate up to half a frame above the limit passes: 30.02 is what phones call 30.
        """
        return Fraction(self.max_fps) if fps > self.max_fps + Fraction(1, 2) else None


def _bytes(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.4g} {unit}"
    return f"{count} bytes"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


DEFAULT_TIERS: tuple[TierPolicy, ...] = (
    TierPolicy(
        name="free", title="Free", weight=1, max_in_flight=2, burst=True, max_height=720, max_fps=30,
        max_seconds=300, max_bytes=500 * 10**6, max_jobs=3, retention_days=7,
    ),
    TierPolicy(
        name="pro", title="Pro", weight=2, max_in_flight=4, burst=True, max_height=1080, max_fps=60,
        max_seconds=1800, max_bytes=5 * 10**9, max_jobs=20, retention_days=30,
    ),
    TierPolicy(
        name="business", title="Business", weight=4, max_in_flight=16, burst=True, max_height=2160, max_fps=120,
        max_seconds=4 * 3600, max_bytes=50 * 10**9, max_jobs=200, retention_days=90,
    ),
)  # fmt: skip
