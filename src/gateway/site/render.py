"""Templates: what each of them can rely on, and how one becomes an answer."""

from functools import partial
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from jinja2 import FileSystemLoader, StrictUndefined

from gateway.cookies import csrf_token
from gateway.principal import PRINCIPAL
from gateway.site.assets import TEMPLATES, asset
from gateway.site.formats import FILTERS
from gateway.site.navigation import admin_tabs, navigation
from gateway.site.texts import t


def setup(app: web.Application) -> None:
    """Give `app` its templates. A name that a page forgot to give is an error, not an empty place."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=t, asset=asset)
    environment.filters.update(FILTERS)


def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """The page made of `template`, which gets `context` and what every page has."""
    return aiohttp_jinja2.render_template(template, request, _everywhere(request) | context, status=status)


def _everywhere(request: web.Request) -> dict[str, Any]:
    principal = request.get(PRINCIPAL)
    return {
        "user": principal.user if principal else None,
        "tier": principal.tier if principal else None,
        # Called by the pages that hold a form: before a log-in each call may cost a cookie.
        "csrf_token": partial(csrf_token, request),
        "navigation": navigation(request.path, principal is not None and principal.is_admin),
        "admin_tabs": admin_tabs(request.path),
        "error": None,
    }
