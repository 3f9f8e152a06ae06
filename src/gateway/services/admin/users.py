"""Users with what they use."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from contracts.messages import now
from gateway.admin.requests import UserQuery
from gateway.admin.views import AdminUserView
from gateway.pages import page
from storage.admin import jobs, users
from storage.models import User
from storage.usage import seconds_of

USAGE_DAYS = 30


async def list_users(query: UserQuery) -> tuple[list[AdminUserView], str | None]:
    """Users, newest first, and the cursor of the next page."""
    fetch = partial(users.find_users, text=query.search, tier=query.tier)
    found, cursor = await page(fetch, query.cursor, query.limit)
    charged = await seconds_of([user.id for user in found], _since())
    return [AdminUserView.of(user, charged.get(user.id, 0.0)) for user in found], cursor


async def get_user(user_id: UUID) -> AdminUserView:
    """One user.

    Raises:
        RequestError: NOT_FOUND.
    """
    user: User = await users.user_of(user_id)
    charged, (unfinished, _) = await seconds_of([user_id], _since()), await jobs.counts_of(user_id)
    return AdminUserView.of(user, charged.get(user_id, 0.0), unfinished)


def _since() -> datetime:
    return now() - timedelta(days=USAGE_DAYS)
