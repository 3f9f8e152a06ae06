"""Who asks: an API key in the Authorization header, or the page's session cookie."""

from aiohttp import web
from aiohttp.typedefs import Handler

from contracts.errors import Reason, RequestError
from gateway.cookies import session_token
from gateway.principal import PRINCIPAL, Principal
from gateway.services.accounts import principal_of_session
from gateway.services.keys import principal_of_key

_OPEN = ("/static/", "/healthz")


@web.middleware
async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who sent the request; a wrong API key is refused, an expired session is nobody."""
    if not request.path.startswith(_OPEN):
        principal = await _principal(request)
        if principal is not None:
            request[PRINCIPAL] = principal
    return await handler(request)


async def _principal(request: web.Request) -> Principal | None:
    header = request.headers.get("Authorization")
    if header is not None:
        return await _by_key(header)
    token = session_token(request)
    return await principal_of_session(token) if token else None


async def _by_key(header: str) -> Principal:
    scheme, _, text = header.partition(" ")
    principal = await principal_of_key(text.strip()) if scheme.lower() == "bearer" else None
    if principal is None:
        raise RequestError(Reason.UNAUTHENTICATED, "The API key is unknown or was revoked.")
    return principal
