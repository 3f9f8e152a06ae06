"""Passwords as Argon2 hashes, made in threads of their own: each takes 64 MiB and tens of milliseconds."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from contracts.errors import Reason, RequestError

SHORTEST = 10
LONGEST = 1000

_hasher = PasswordHasher()
# Two at a time: a flood of log-ins must not take the memory or the processors of everything else.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
# Verified in place of a user who does not exist, so that an answer's time tells nothing.
_NOBODY = _hasher.hash("nobody has this password")


def check_password(password: str) -> None:
    """Refuse a password that is too short to be safe, or absurdly long.

    Raises:
        RequestError: INVALID with the lengths that pass.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        message = f"A password has at least {SHORTEST} characters."
        error = {"field": "password", "message": message}
        raise RequestError(Reason.INVALID, message, errors=[error], limit=SHORTEST, value=len(password))


async def hash_password(password: str) -> str:
    """The Argon2 hash to be stored."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; takes as long for a user without one (None)."""
    found = await asyncio.get_running_loop().run_in_executor(
        _threads, _verify, password_hash or _NOBODY, password[:LONGEST]
    )
    return found and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
