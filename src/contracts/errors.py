"""Every failure a user can meet, in one place.

VisageError
├── MediaError            the upload cannot be used
├── FaceError             the face photo cannot be used
├── WeightsError          a file of weights cannot be used
├── LimitError            the tier does not allow it; says what would pass
├── RequestError          the request itself cannot be served
├── WorkError             work on a segment or a result failed
└── UnavailableError      a server behind us is away; try again

A failure travels between processes, rows and pages as a `Failure`: a stable reason, a sentence for
a person, and details for a program.
"""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Reason(StrEnum):
    """Stable names of failures: API clients and translations depend on them. Never rename one."""

    # the upload
    NOT_MEDIA = "not-media"
    EMPTY_FILE = "empty-file"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    NO_VIDEO_STREAM = "no-video-stream"
    BAD_DIMENSIONS = "bad-dimensions"
    BAD_DURATION = "bad-duration"
    BAD_TIMELINE = "bad-timeline"
    UNSUPPORTED_CODEC = "unsupported-codec"
    NOT_A_PICTURE = "not-a-picture"
    PROBE_LIMIT = "probe-limit"
    # the face photo
    NO_FACE = "no-face"
    SEVERAL_FACES = "several-faces"
    FACE_TOO_SMALL = "face-too-small"
    FACE_BLURRED = "face-blurred"
    FACE_TURNED = "face-turned"
    DIFFERENT_PERSON = "different-person"
    # the file of weights
    BAD_WEIGHTS = "bad-weights"
    WEIGHTS_UNCLEAR = "weights-unclear"
    NON_COMMERCIAL = "non-commercial"
    # training and evaluation
    BAD_FACES = "bad-faces"
    BAD_RECIPE = "bad-recipe"
    BAD_CHECKPOINT = "bad-checkpoint"
    # the tier
    DURATION_LIMIT = "duration-limit"
    SIZE_LIMIT = "size-limit"
    JOBS_LIMIT = "jobs-limit"
    RATE_LIMIT = "rate-limit"
    # the request
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    EMAIL_TAKEN = "email-taken"
    WRONG_CREDENTIALS = "wrong-credentials"
    ACCOUNT_BLOCKED = "account-blocked"
    CSRF = "csrf"
    IDEMPOTENCY_MISMATCH = "idempotency-mismatch"
    UPLOAD_INTERRUPTED = "upload-interrupted"
    UPLOAD_OFFSET = "upload-offset"
    UPLOAD_LOCKED = "upload-locked"
    UPLOAD_NOT_READY = "upload-not-ready"
    UNKNOWN_PERSON = "unknown-person"
    UNSUPPORTED_VERSION = "unsupported-version"
    UNSAFE_ADDRESS = "unsafe-address"
    NOT_RETRYABLE = "not-retryable"
    NOT_CANCELLABLE = "not-cancellable"
    WEIGHTS_MISSING = "weights-missing"
    # the work
    DECODE_FAILED = "decode-failed"
    ENCODE_FAILED = "encode-failed"
    ENGINE_FAILED = "engine-failed"
    ENGINE_MISSING = "engine-missing"
    OUT_OF_MEMORY = "out-of-memory"
    SEGMENT_TIMEOUT = "segment-timeout"
    AGENT_LOST = "agent-lost"
    CANCELLED = "cancelled"
    RESULT_MISMATCH = "result-mismatch"
    OBJECT_MISSING = "object-missing"
    DISK_FULL = "disk-full"
    INTERNAL = "internal"
    # the servers behind us
    UNAVAILABLE = "unavailable"


class Failure(BaseModel):
    """A failure as data.

    Attributes:
        reason: The stable name.
        message: One or two sentences for a person: what happened and what would pass.
        detail: Typed fields for a program, such as the limit and the value that broke it.
    """

    model_config = ConfigDict(frozen=True)

    reason: Reason
    message: str
    detail: dict[str, Any] = Field(default_factory=dict)


class VisageError(Exception):
    """A failure with a reason. Subclasses say whose it is; `reason` says what it is."""

    def __init__(self, reason: Reason, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.detail = detail

    @property
    def failure(self) -> Failure:
        """The failure as data."""
        return Failure(reason=self.reason, message=self.message, detail=self.detail)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.reason, self.message, self.detail)


def _rebuild(cls: type[VisageError], reason: Reason, message: str, detail: dict[str, Any]) -> VisageError:
    return cls(reason, message, **detail)


class MediaError(VisageError):
    """The upload cannot be used: not media, damaged, or out of bounds."""


class FaceError(VisageError):
    """The face photo cannot be used. `detail["boxes"]` holds x, y, width, height of what was found, in pixels."""


class WeightsError(VisageError):
    """A file of weights cannot be used. `detail["key"]` names the tensor at fault, if one is."""


class LimitError(VisageError):
    """The tier does not allow it. `detail` holds `limit` (what would pass) and `value` (what was asked)."""


class RequestError(VisageError):
    """The request cannot be served as it is."""


class WorkError(VisageError):
    """Work on a segment or a result failed.

    `retryable` says whether another try, perhaps elsewhere, could succeed.
    """

    def __init__(self, reason: Reason, message: str, *, retryable: bool = True, **detail: Any) -> None:
        super().__init__(reason, message, **detail)
        self.retryable = retryable


class UnavailableError(VisageError):
    """A server behind us does not answer. Try again in `retry_after` seconds."""

    def __init__(self, what: str, retry_after: float = 5.0) -> None:
        super().__init__(
            Reason.UNAVAILABLE,
            f"The {what} does not answer at the moment. Nothing was lost; please try again in a few seconds.",
            what=what,
            retry_after=retry_after,
        )
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[Any, ...]:
        return UnavailableError, (self.detail["what"], self.retry_after)


_FAMILIES: dict[str, type[VisageError]] = {
    cls.__name__: cls for cls in (MediaError, FaceError, WeightsError, LimitError, RequestError, WorkError)
}


def error_of(failure: Failure, family: str = "WorkError") -> VisageError:
    """Rebuild the exception of `failure`, as the named family; unknown families become `WorkError`."""
    return _FAMILIES.get(family, WorkError)(failure.reason, failure.message, **failure.detail)
