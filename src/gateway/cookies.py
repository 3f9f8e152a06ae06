"""The page's cookies: a log-in, and the token of forms that are sent before one."""

import secrets

from aiohttp import web

from contracts.messages import now
from contracts.settings import GatewaySettings
from gateway.context import gateway_of
from gateway.principal import PRINCIPAL, Principal
from gateway.services.accounts import OpenedSession

SESSION = "visage_session"
FORM = "visage_form"

_FRESH_FORM = web.RequestKey("fresh_form_token", str)


def session_token(request: web.Request) -> str | None:
    """The token of the log-in the browser holds."""
    return request.cookies.get(SESSION)


def set_session(response: web.StreamResponse, settings: GatewaySettings, opened: OpenedSession) -> None:
    """Have the browser keep a log-in."""
    seconds = int((opened.expires_at - now()).total_seconds())
    _set(response, settings, SESSION, opened.token, seconds)


def clear_session(response: web.StreamResponse) -> None:
    """Have the browser forget its log-in."""
    response.del_cookie(SESSION, path="/")


def csrf_token(request: web.Request) -> str:
    """What a form's hidden field `csrf_token`, or a script's X-CSRF-Token header, must hold.

    It belongs to the session; before a log-in, to a cookie that goes out with the form.
    """
    principal: Principal | None = request.get(PRINCIPAL)
    if principal is not None and principal.session is not None:
        return principal.session.csrf_token
    token = request.cookies.get(FORM) or request.get(_FRESH_FORM) or secrets.token_urlsafe(32)
    if FORM not in request.cookies:
        request[_FRESH_FORM] = token
    return token


async def send_form_token(request: web.Request, response: web.StreamResponse) -> None:
    """Send the cookie that belongs to a form, where one was made for it.

    When this signal comes, aiohttp has written the response's cookies into its headers already.
    """
    token = request.get(_FRESH_FORM)
    if token is not None:
        carrier = web.Response()
        _set(carrier, gateway_of(request).settings.gateway, FORM, token, None)
        response.headers.add("Set-Cookie", carrier.cookies[FORM].OutputString())


def _set(
    response: web.StreamResponse, settings: GatewaySettings, name: str, value: str, seconds: int | None
) -> None:
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Lax", secure=settings.secure_cookies, path="/"
    )
