"""What must not be forgotten: messages to be sent, requests served, letters nobody could read, deeds."""

from typing import Any
from uuid import uuid4

from tortoise import fields
from tortoise.models import Model

from storage.models.indexes import PartialIndex


class OutboxMessage(Model):
    """A message written in the transaction whose effects it tells of; the relay publishes it.

    `sequence` is the order of publishing, `id` the Nats-Msg-Id.
    """

    sequence = fields.BigIntField(primary_key=True)
    id = fields.UUIDField(unique=True, default=uuid4)
    subject = fields.CharField(max_length=255)
    payload = fields.TextField()
    created_at = fields.DatetimeField(auto_now_add=True)
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "outbox"
        ordering = ("sequence",)
        indexes = (
            PartialIndex(("sequence",), "idx_outbox_unsent", "sent_at IS NULL"),
            PartialIndex(("sent_at",), "idx_outbox_sent", "sent_at IS NOT NULL"),
        )


class IdempotencyRecord(Model):
    """The answer to a request that bore an Idempotency-Key, given again to the same request."""

    id = fields.BigIntField(primary_key=True)
    user_id = fields.UUIDField()
    key = fields.CharField(max_length=255)
    fingerprint = fields.CharField(max_length=64)  # SHA-256 of method, path and body
    status = fields.IntField(null=True)  # null while the first request is being served
    body = fields.TextField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True, db_index=True)

    class Meta:
        table = "idempotency_records"
        unique_together = (("user_id", "key"),)


class DeadLetterRow(Model):
    """A message that an actor gave up on. `letter_id` is its letter's Nats-Msg-Id."""

    id = fields.BigIntField(primary_key=True)
    letter_id = fields.CharField(max_length=255, unique=True)
    actor = fields.CharField(max_length=64)
    subject = fields.CharField(max_length=255)
    reason = fields.TextField()
    payload = fields.TextField()
    deliveries = fields.IntField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "dead_letters"


class AuditEntry(Model):
    """Who did what to what, and when. What admins do is called "admin...", with `before` and `after`."""

    id = fields.BigIntField(primary_key=True)
    user_id = fields.UUIDField(null=True, db_index=True)
    action = fields.CharField(max_length=64)  # such as "job.create"
    subject = fields.CharField(max_length=255)
    detail: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    address = fields.CharField(max_length=64, null=True)
    created_at = fields.DatetimeField(auto_now_add=True, db_index=True)

    class Meta:
        table = "audit"
        indexes = (PartialIndex(("id",), "idx_audit_admin", "action LIKE 'admin.%'"),)


class Fence(Model):
    """The leader whose writes count: only the holder of the highest `token` of a `name` may release work."""

    name = fields.CharField(max_length=32, primary_key=True)
    token = fields.BigIntField()

    class Meta:
        table = "fences"
