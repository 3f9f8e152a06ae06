"""Where customers want to be told, and every telling."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from contracts.states import DeliveryState
from storage.models.accounts import User


class WebhookEndpoint(Model):
    """An address of a customer's system. `secret` is a Standard Webhooks key, `whsec_` and base64."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="webhook_endpoints", on_delete=fields.CASCADE, db_index=True
    )
    url = fields.CharField(max_length=2000)
    secret = fields.CharField(max_length=100)
    events: fields.Field[list[str]] = fields.JSONField(default=list)  # such as "job.done"; empty means all
    enabled = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "webhook_endpoints"


class WebhookDelivery(Model):
    """One event for one endpoint, and the log of its tries: at, status, milliseconds, answer or error."""

    id = fields.UUIDField(primary_key=True)
    endpoint: fields.ForeignKeyRelation[WebhookEndpoint] = fields.ForeignKeyField(
        "models.WebhookEndpoint", related_name="deliveries", on_delete=fields.CASCADE, db_index=True
    )
    event_id = fields.UUIDField()
    event_type = fields.CharField(max_length=64)
    payload = fields.TextField()  # the exact bytes that are signed
    state = fields.CharEnumField(DeliveryState, max_length=16, default=DeliveryState.PENDING)
    tries: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list)
    created_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook_deliveries"
        unique_together = (("endpoint_id", "event_id"),)
