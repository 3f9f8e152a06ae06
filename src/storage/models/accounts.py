"""Who uses Visage and on which tariff."""

from tortoise import fields
from tortoise.models import Model

from contracts.scopes import Scope


class Tier(Model):
    """A tariff; `contracts.tiers.TierPolicy` says what each column means and reads a row."""

    name = fields.CharField(max_length=32, primary_key=True)
    title = fields.CharField(max_length=64)
    weight = fields.FloatField()
    max_in_flight = fields.IntField()
    burst = fields.BooleanField(default=False)
    max_height = fields.IntField()
    max_fps = fields.IntField()
    max_seconds = fields.FloatField()
    max_bytes = fields.BigIntField()
    max_jobs = fields.IntField()
    retention_days = fields.IntField()
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "tiers"


class Pause(Model):
    """Nothing new is started for a tier, or for anybody where `scope` is `contracts.tiers.EVERYTHING`."""

    scope = fields.CharField(max_length=32, primary_key=True)
    note = fields.CharField(max_length=200, default="")
    user_id = fields.UUIDField(null=True)  # who paused it
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "pauses"


class User(Model):
    """A customer. `weight`, `max_in_flight` and `burst` override the tier's where set.

    A blocked user is refused everywhere, and nothing of his is started.
    """

    id = fields.UUIDField(primary_key=True)
    email = fields.CharField(max_length=254, unique=True)  # lower case
    password_hash = fields.CharField(max_length=255, null=True)  # argon2; null: no log-in from the page
    tier: fields.ForeignKeyRelation[Tier] = fields.ForeignKeyField(
        "models.Tier", related_name="users", on_delete=fields.RESTRICT, db_index=True
    )
    weight = fields.FloatField(null=True)
    max_in_flight = fields.IntField(null=True)
    burst = fields.BooleanField(null=True)
    is_admin = fields.BooleanField(default=False)
    blocked_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    tier_id: str

    class Meta:
        table = "users"


class Session(Model):
    """A log-in from the page. Only the SHA-256 of the cookie's token is kept."""

    token_hash = fields.CharField(max_length=64, primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", on_delete=fields.CASCADE, db_index=True
    )
    csrf_token = fields.CharField(max_length=64)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "sessions"


class ApiKey(Model):
    """A key of the API, shown once. `prefix` finds it, the SHA-256 of the whole proves it.

    `scope` is a `contracts.scopes.Scope`: what the key opens.
    """

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="api_keys", on_delete=fields.CASCADE, db_index=True
    )
    name = fields.CharField(max_length=100)
    prefix = fields.CharField(max_length=16, unique=True)
    key_hash = fields.CharField(max_length=64)
    scope = fields.CharEnumField(Scope, max_length=16, default=Scope.USER)
    created_at = fields.DatetimeField(auto_now_add=True)
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_keys"
