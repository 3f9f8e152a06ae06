"""The operator: the account the command line uses on a service of one's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from contracts.errors import RequestError
from contracts.scopes import Scope
from contracts.settings import DatabaseSettings
from gateway.services import keys
from storage import accounts, database
from storage.admin import users
from storage.admin.deeds import By
from visage.embedded import secrets

EMAIL = "operator@localhost"
TIER = "business"


async def ensure(settings: DatabaseSettings, data: Path) -> str:
    """An admin's API key of the operator: the one in `secrets.json` if it is one still, else a new one.

    Without a password nobody can log in as the operator from the page.
    """
    known = secrets.load(data)
    async with _connected(settings):
        if known.operator_key and await _opens(known.operator_key):
            return known.operator_key
        user = await accounts.user_by_email(EMAIL) or await accounts.create_user(EMAIL, None, TIER)
        await users.set_admin(By(None), user.id, True)
        _, key = await keys.create_key(user, "operator", Scope.ADMIN)
    secrets.save(data, known.model_copy(update={"operator_key": key}))
    return key


async def _opens(key: str) -> bool:
    try:
        principal = await keys.principal_of_key(key)
    except RequestError:  # an admin blocked the operator: that is no reason not to start
        return True
    return principal is not None and principal.is_admin


@asynccontextmanager
async def key_on(settings: DatabaseSettings, tier: str) -> AsyncIterator[str]:
    """An API key of the operator's account on another tariff, for the occasion: it is revoked at the end.

    Raises:
        RequestError: NOT_FOUND, where there is no such tier.
    """
    async with _connected(settings):
        await accounts.tier_policy(tier)
        address = EMAIL.replace("@", f"+{tier}@")
        user = await accounts.user_by_email(address) or await accounts.create_user(address, None, tier)
        key, text = await keys.create_key(user, "command line")
    try:
        yield text
    finally:
        async with _connected(settings):
            await keys.revoke_key(user, key.id)


@asynccontextmanager
async def _connected(settings: DatabaseSettings) -> AsyncIterator[None]:
    await database.connect(settings)
    try:
        yield
    finally:
        await database.close()
