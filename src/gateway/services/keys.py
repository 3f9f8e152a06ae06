"""API keys: `vsg_<prefix>_<secret>`, shown once, stored as a SHA-256.

The secret has 256 random bits, so a plain hash is as good as a slow one.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from contracts.errors import Reason, RequestError
from contracts.messages import now
from contracts.scopes import Scope
from gateway.principal import Principal
from gateway.services.blocks import check_open
from storage import accounts, audit
from storage.models import ApiKey, User

_SCHEME = "vsg"
_PREFIX_BYTES = 6
_SECRET_BYTES = 32
_TOUCH_EVERY = timedelta(minutes=1)


async def create_key(user: User, name: str, scope: Scope = Scope.USER) -> tuple[ApiKey, str]:
    """A new key and its text, which cannot be had again."""
    prefix = secrets.token_hex(_PREFIX_BYTES)
    text = f"{_SCHEME}_{prefix}_{secrets.token_hex(_SECRET_BYTES)}"
    key = await accounts.add_key(user.id, name, prefix, _digest(text), scope)
    await audit.record("key.create", str(key.id), user.id, scope=scope)
    return key, text


def check_scope(principal: Principal, scope: Scope) -> None:
    """Refuse to give more than who asks has: a key of the scope `user` makes none of the scope `admin`.

    Raises:
        RequestError: FORBIDDEN.
    """
    if scope is Scope.ADMIN and not principal.is_admin:
        raise RequestError(Reason.FORBIDDEN, "Only an admin, with a key of that scope, can make one.")


async def list_keys(user: User) -> list[ApiKey]:
    """The user's keys in use, newest first."""
    return await accounts.keys_of(user.id)


async def revoke_key(user: User, key_id: UUID) -> None:
    """Make a key useless at once.

    Raises:
        RequestError: NOT_FOUND.
    """
    if not await accounts.revoke_key(user.id, key_id):
        raise RequestError(Reason.NOT_FOUND, "There is no such API key.", key_id=str(key_id))
    await audit.record("key.revoke", str(key_id), user.id)


async def principal_of_key(text: str) -> Principal | None:
    """Whose key this is; None for a wrong or revoked one.

    Raises:
        RequestError: ACCOUNT_BLOCKED.
    """
    scheme, _, rest = text.partition("_")
    prefix = rest.partition("_")[0]
    key = await accounts.live_key(prefix) if scheme == _SCHEME else None
    if key is None or not hmac.compare_digest(key.key_hash, _digest(text)):
        return None
    check_open(key.user)
    if key.last_used_at is None or key.last_used_at < now() - _TOUCH_EVERY:
        await accounts.touch_key(key.id)
    return Principal(key.user, await accounts.policy_of(key.user), key=key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
