"""Signing up, logging in and out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email

from contracts.errors import Reason, RequestError
from contracts.messages import now
from contracts.settings import Settings
from gateway.principal import Principal
from gateway.services.blocks import check_open
from gateway.services.passwords import check_password, hash_password, is_outdated, matches
from storage import accounts, audit
from storage.models import User

ATTEMPTS_WINDOW = timedelta(minutes=15)
REFUSED = "session.refused"


@dataclass(frozen=True)
class OpenedSession:
    """A fresh log-in: `token` goes into the cookie and is kept nowhere else."""

    token: str
    csrf_token: str
    expires_at: datetime


async def sign_up(settings: Settings, email: str, password: str, address: str | None = None) -> User:
    """Make an account of the default tier.

    Raises:
        RequestError: INVALID (address or password), EMAIL_TAKEN.
    """
    user = await register(email, password, settings.gateway.default_tier)
    await audit.record("user.create", str(user.id), user.id, address)
    return user


async def register(email: str, password: str | None, tier: str) -> User:
    """Make an account of `tier`; without a password it is used by API key only.

    Raises:
        RequestError: INVALID (address or password), EMAIL_TAKEN, NOT_FOUND (the tier).
    """
    address = normal_email(email)
    if password is not None:
        check_password(password)
    await accounts.tier_policy(tier)
    return await accounts.create_user(address, await hash_password(password) if password else None, tier)


def normal_email(email: str) -> str:
    """The address in the one spelling that is stored.

    Raises:
        RequestError: INVALID where it is no address.
    """
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        message = f"This is not an e-mail address we can use: {error}"
        raise RequestError(
            Reason.INVALID, message, errors=[{"field": "email", "message": message}]
        ) from error


async def log_in(settings: Settings, email: str, password: str, address: str = "") -> User:
    """The user whose address and password these are; takes as long for an address nobody has.

    Raises:
        RequestError: WRONG_CREDENTIALS; ACCOUNT_BLOCKED; RATE_LIMIT after too many failures from `address`.
    """
    await _check_attempts(settings, address)
    user = await accounts.user_by_email(email.strip().lower())
    if not await matches(user.password_hash if user else None, password) or user is None:
        await audit.record(REFUSED, email.strip().lower(), user.id if user else None, address)
        raise RequestError(Reason.WRONG_CREDENTIALS, "The address or the password is not right.")
    check_open(user)
    if user.password_hash and is_outdated(user.password_hash):
        await accounts.set_password_hash(user.id, await hash_password(password))
    return user


async def _check_attempts(settings: Settings, address: str) -> None:
    failures = await audit.count(REFUSED, address, now() - ATTEMPTS_WINDOW)
    if failures >= settings.gateway.login_attempts:
        raise RequestError(
            Reason.RATE_LIMIT,
            "Too many failed log-ins from your address. Try again in a quarter of an hour.",
            retry_after=ATTEMPTS_WINDOW.total_seconds(),
        )


async def open_session(settings: Settings, user: User, previous: str | None = None) -> OpenedSession:
    """Log `user` in with a new token; the browser's `previous` token ends, so that none can be planted."""
    if previous:
        await log_out(previous)
    opened = OpenedSession(
        token=secrets.token_urlsafe(32),
        csrf_token=secrets.token_urlsafe(32),
        expires_at=now() + timedelta(days=settings.gateway.session_days),
    )
    await accounts.open_session(_digest(opened.token), user.id, opened.csrf_token, opened.expires_at)
    return opened


async def principal_of_session(token: str) -> Principal | None:
    """Who holds the session's token; None where it is unknown or expired, or its user is blocked."""
    session = await accounts.live_session(_digest(token))
    if session is None or session.user.blocked_at is not None:
        return None
    return Principal(session.user, await accounts.policy_of(session.user), session=session)


async def log_out(token: str) -> None:
    """End the session of a token."""
    await accounts.end_session(_digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
