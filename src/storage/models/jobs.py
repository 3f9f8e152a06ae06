"""Jobs, their segments, and every attempt at a segment."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from contracts.states import AttemptState, JobState, SegmentState
from storage.models.accounts import User
from storage.models.indexes import PartialIndex
from storage.models.library import Face, Upload


class Job(Model):
    """One upload with one or more faces in it.

    `tier_id` is the tariff at submission, `options` the user's choices,
    `plan` is a `contracts.media.Plan` without its segments, `encode` a `contracts.media.EncodeSpec`;
    frames, faces and GPU seconds are sums over done segments.
    """

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="jobs", on_delete=fields.CASCADE, db_index=True
    )
    upload: fields.ForeignKeyRelation[Upload] = fields.ForeignKeyField(
        "models.Upload", related_name="jobs", on_delete=fields.RESTRICT, db_index=True
    )
    tier_id = fields.CharField(max_length=32)
    state = fields.CharEnumField(JobState, max_length=16, default=JobState.QUEUED)
    engine = fields.CharField(max_length=32)
    pool = fields.CharField(max_length=32, default="default")
    options: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    plan: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)
    encode: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)
    segments_total = fields.IntField(default=0)
    segments_done = fields.IntField(default=0)
    frames_total = fields.IntField(null=True)
    frames = fields.IntField(default=0)
    faces_swapped = fields.IntField(default=0)
    face_frames = fields.IntField(default=0)
    gpu_seconds = fields.FloatField(default=0)
    result_key = fields.CharField(max_length=255, null=True)
    result_size = fields.BigIntField(null=True)
    preview_key = fields.CharField(max_length=255, null=True)  # H.264 of the result, where the result is none
    source_preview_key = fields.CharField(max_length=255, null=True)  # the same of the original
    poster_key = fields.CharField(max_length=255, null=True)
    failure: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)  # contracts.errors.Failure
    no_face_found = fields.BooleanField(default=False)
    notes: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list)  # contracts.notes.Note
    quality: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)  # contracts.quality
    endings = fields.IntField(default=0)  # how often it reached a final state: a retried job ends again
    created_at = fields.DatetimeField(auto_now_add=True)
    started_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    expired_at = fields.DatetimeField(null=True)  # its objects were removed, past the tier's retention

    user_id: Any
    upload_id: Any
    job_faces: fields.ReverseRelation["JobFace"]

    class Meta:
        table = "jobs"
        indexes = (
            ("user_id", "created_at"),
            PartialIndex(
                ("created_at",), "idx_jobs_unfinished", "state NOT IN ('done', 'failed', 'cancelled')"
            ),
            PartialIndex(("finished_at",), "idx_jobs_kept", "expired_at IS NULL"),
            PartialIndex(("created_at",), "idx_jobs_failed", "state = 'failed'"),
            ("created_at",),
        )


class JobFace(Model):
    """Which face goes into a job; `person` names whom it replaces, null meaning everyone."""

    id = fields.BigIntField(primary_key=True)
    job: fields.ForeignKeyRelation[Job] = fields.ForeignKeyField(
        "models.Job", related_name="job_faces", on_delete=fields.CASCADE, db_index=True
    )
    face: fields.ForeignKeyRelation[Face] = fields.ForeignKeyField(
        "models.Face", related_name="job_faces", on_delete=fields.RESTRICT, db_index=True
    )
    person = fields.CharField(max_length=64, null=True)

    job_id: Any
    face_id: Any

    class Meta:
        table = "job_faces"


class Segment(Model):
    """A range of a job's time. `range` is a `contracts.media.SegmentRange`; `key` is the winner's object."""

    id = fields.BigIntField(primary_key=True)
    job: fields.ForeignKeyRelation[Job] = fields.ForeignKeyField(
        "models.Job", related_name="segments", on_delete=fields.CASCADE
    )
    index = fields.IntField()
    range: fields.Field[dict[str, Any]] = fields.JSONField()
    state = fields.CharEnumField(SegmentState, max_length=16, default=SegmentState.WAITING)
    attempts_made = fields.IntField(default=0)
    estimate_seconds = fields.FloatField()
    key = fields.CharField(max_length=255, null=True)
    size = fields.BigIntField(null=True)
    frames = fields.IntField(null=True)
    faces = fields.IntField(null=True)
    face_frames = fields.IntField(null=True)
    damaged = fields.IntField(null=True)  # packets of the source that could not be decoded
    gpu_seconds = fields.FloatField(null=True)
    failure: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)

    job_id: Any

    class Meta:
        table = "segments"
        unique_together = (("job_id", "index"),)
        indexes = (PartialIndex(("job_id",), "idx_segments_open", "state IN ('waiting', 'released')"),)


class Attempt(Model):
    """One try at a segment. Its id is the Nats-Msg-Id of its task: this row is the task's outbox."""

    id = fields.UUIDField(primary_key=True)
    segment: fields.ForeignKeyRelation[Segment] = fields.ForeignKeyField(
        "models.Segment", related_name="attempts", on_delete=fields.CASCADE, db_index=True
    )
    job: fields.ForeignKeyRelation[Job] = fields.ForeignKeyField(
        "models.Job", related_name="attempts", on_delete=fields.CASCADE, db_index=True
    )
    number = fields.IntField()
    state = fields.CharEnumField(AttemptState, max_length=16, default=AttemptState.RELEASED)
    agent_id = fields.CharField(max_length=128, null=True)
    deliveries = fields.IntField(default=0)  # one more than agents died over it, once it was begun
    gpu_seconds = fields.FloatField(default=0)
    charged_seconds = fields.FloatField(default=0)
    failure: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)
    released_at = fields.DatetimeField(auto_now_add=True)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    segment_id: int
    job_id: Any

    class Meta:
        table = "attempts"
        indexes = (PartialIndex(("released_at",), "idx_attempts_open", "state IN ('released', 'running')"),)
