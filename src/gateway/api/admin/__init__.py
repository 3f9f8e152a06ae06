"""Operations of admins, below /api/v1/admin."""

from gateway.api.admin import audit, jobs, letters, pauses, queue, tiers, users, weights
from gateway.api.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *queue.OPERATIONS,
    *tiers.OPERATIONS,
    *users.OPERATIONS,
    *pauses.OPERATIONS,
    *jobs.OPERATIONS,
    *letters.OPERATIONS,
    *weights.OPERATIONS,
    *audit.OPERATIONS,
)
