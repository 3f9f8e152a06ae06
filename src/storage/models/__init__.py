"""Tables as Tortoise models, one module a theme. Every foreign key that is searched by has an index."""

from storage.models.accounts import ApiKey, Pause, Session, Tier, User
from storage.models.jobs import Attempt, Job, JobFace, Segment
from storage.models.library import Cast, Face, FacePhoto, Upload
from storage.models.records import AuditEntry, DeadLetterRow, Fence, IdempotencyRecord, OutboxMessage
from storage.models.webhooks import WebhookDelivery, WebhookEndpoint
from storage.models.weights import Weights

__all__ = [
    "ApiKey",
    "Attempt",
    "AuditEntry",
    "Cast",
    "DeadLetterRow",
    "Face",
    "FacePhoto",
    "Fence",
    "IdempotencyRecord",
    "Job",
    "JobFace",
    "OutboxMessage",
    "Pause",
    "Segment",
    "Session",
    "Tier",
    "Upload",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
    "Weights",
]
