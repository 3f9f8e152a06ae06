"""Who may administer. To everybody else there is nothing at these addresses."""

from functools import wraps

from aiohttp import web
from aiohttp.typedefs import Handler

from contracts.errors import Reason, RequestError
from gateway.principal import Principal, principal_of
from storage.admin.deeds import By


def admin_of(request: web.Request) -> Principal:
    """The admin who sent the request.

    Raises:
        RequestError: UNAUTHENTICATED; NOT_FOUND for users who are no admins; FORBIDDEN for an admin's key of
            another scope.
    """
    principal = principal_of(request)
    if not principal.user.is_admin:
        raise RequestError(Reason.NOT_FOUND, "There is nothing at this address.")
    if not principal.is_admin:
        raise RequestError(
            Reason.FORBIDDEN, "This needs an API key of the scope admin. Make one on the page."
        )
    return principal


def admins_only(handler: Handler) -> Handler:
    """`handler` for admins."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        admin_of(request)
        return await handler(request)

    return guarded


def by_of(request: web.Request) -> By:
    """Who does what the request asks for, as the log of deeds has it."""
    return By(admin_of(request).user_id, request.remote)
