"""Weights that were imported."""

from tortoise import fields
from tortoise.models import Model

from contracts.engines import LONGEST_WEIGHTS_NAME


class Weights(Model):
    """A file of weights under a name; the columns are those of `contracts.weights.WeightsFile`.

    `key` is its object, which two names may share. `is_default` is true of one row of each role: what an engine takes
    that names none.
    """

    name = fields.CharField(max_length=LONGEST_WEIGHTS_NAME, primary_key=True)
    role = fields.CharField(max_length=16)
    family = fields.CharField(max_length=32)
    key = fields.CharField(max_length=255)
    sha256 = fields.CharField(max_length=64)
    size = fields.BigIntField()
    source = fields.CharField(max_length=255)
    source_sha256 = fields.CharField(max_length=64)
    parameters = fields.BigIntField()
    commercial = fields.BooleanField()
    license = fields.TextField()
    is_default = fields.BooleanField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "weights"
