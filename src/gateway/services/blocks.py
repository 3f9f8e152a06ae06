"""Accounts that whoever runs the service has closed for the time being."""

from contracts.errors import Reason, RequestError
from storage.models import User


def check_open(user: User) -> None:
    """Refuse a user who is blocked.

    Raises:
        RequestError: ACCOUNT_BLOCKED.
    """
    if user.blocked_at is not None:
        raise RequestError(
            Reason.ACCOUNT_BLOCKED,
            "This account is blocked. Nothing of it was removed; ask whoever runs the service.",
            since=user.blocked_at.isoformat(),
        )
