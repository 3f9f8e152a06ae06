"""The way in and out: the first page, signing up, logging in and out."""

from aiohttp import web

from contracts.errors import VisageError
from gateway.bodies import validate
from gateway.context import gateway_of
from gateway.cookies import clear_session, session_token, set_session
from gateway.principal import PRINCIPAL
from gateway.problems import status_of
from gateway.requests import Credentials
from gateway.services import accounts
from gateway.site.forms import text_fields
from gateway.site.render import render
from gateway.site.texts import t
from storage.accounts import tier_policy, tiers
from storage.models import User

HOME = "/new"


async def landing(request: web.Request) -> web.Response:
    """GET /: what Visage is; a user goes straight to work."""
    if PRINCIPAL in request:
        raise web.HTTPSeeOther(HOME)
    return render(request, "landing.html", tiers=await tiers())


async def signup_form(request: web.Request) -> web.Response:
    """GET /signup."""
    return await _signup_page(request)


async def signup(request: web.Request) -> web.Response:
    """POST /signup: a new account is logged in at once."""
    fields = await text_fields(request)
    settings = gateway_of(request).settings
    try:
        wanted = _credentials(fields.get("email", ""), fields.get("password", ""))
        user = await accounts.sign_up(settings, wanted.email, wanted.password, request.remote)
    except VisageError as error:
        return await _signup_page(request, fields.get("email", ""), error)
    return await _enter(request, user, HOME)


async def login_form(request: web.Request) -> web.Response:
    """GET /login."""
    return _login_page(request, local_path(request.query.get("next", "")))


async def login(request: web.Request) -> web.Response:
    """POST /login."""
    fields = await text_fields(request)
    settings, target = gateway_of(request).settings, local_path(fields.get("next", ""))
    try:
        wanted = _credentials(fields.get("email", ""), fields.get("password", ""))
        user = await accounts.log_in(settings, wanted.email, wanted.password, request.remote or "")
    except VisageError as error:
        return _login_page(request, target, fields.get("email", ""), error)
    return await _enter(request, user, target)


async def logout(request: web.Request) -> web.Response:
    """POST /logout."""
    if token := session_token(request):
        await accounts.log_out(token)
    response = web.HTTPSeeOther("/")
    clear_session(response)
    raise response


def local_path(target: str) -> str:
    """`target` where it is a path of this site, else the page where work begins.

    An address such as `//elsewhere` or `/\\elsewhere` would lead a browser away.
    """
    local = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if local else HOME


def _credentials(email: str, password: str) -> Credentials:
    return validate(Credentials, {"email": email, "password": password})


async def _enter(request: web.Request, user: User, target: str) -> web.Response:
    settings = gateway_of(request).settings
    opened = await accounts.open_session(settings, user, session_token(request))
    response = web.HTTPSeeOther(target)
    set_session(response, settings.gateway, opened)
    raise response


async def _signup_page(
    request: web.Request, email: str = "", error: VisageError | None = None
) -> web.Response:
    tier = await tier_policy(gateway_of(request).settings.gateway.default_tier)
    return _form_page(request, "signup.html", email, error, tier=tier)


def _login_page(
    request: web.Request, target: str, email: str = "", error: VisageError | None = None
) -> web.Response:
    came_from = request.path == "/login" and "next" in request.query and error is None
    hint = t("Log in to see this page.") if came_from else None
    return _form_page(request, "login.html", email, error, next=target, hint=hint)


def _form_page(
    request: web.Request, template: str, email: str, error: VisageError | None, **context: object
) -> web.Response:
    status = status_of(error.reason) if error else 200
    message = error.message if error else None
    return render(request, template, status=status, email=email, error=message, **context)
