"""No other site may act in a user's name (cross-site request forgery)."""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler

from contracts.errors import Reason, RequestError
from gateway.bodies import read_form
from gateway.cookies import FORM, csrf_token
from gateway.principal import PRINCIPAL

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"

_SAFE = ("GET", "HEAD", "OPTIONS")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@web.middleware
async def refuse_forgery(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request that changes something pass only with the token of its session, or of its form.

    Requests with an API key need none: no browser adds one by itself.
    """
    if request.method not in _SAFE and _is_browser(request):
        expected, given = csrf_token(request), await _given(request)
        if not _has_token(request) or not hmac.compare_digest(expected.encode(), given.encode()):
            raise RequestError(
                Reason.CSRF,
                "The page is out of date or cookies are off. Load it again, then repeat what you did.",
            )
    return await handler(request)


def _is_browser(request: web.Request) -> bool:
    principal = request.get(PRINCIPAL)
    if principal is None:
        return not request.path.startswith("/api/")
    return principal.key is None


def _has_token(request: web.Request) -> bool:
    return PRINCIPAL in request or FORM in request.cookies


async def _given(request: web.Request) -> str:
    header = request.headers.get(HEADER)
    if header is not None or request.path.startswith("/api/") or request.content_type not in _FORMS:
        return header or ""
    field = (await read_form(request)).get(FIELD, "")
    return field if isinstance(field, str) else ""
