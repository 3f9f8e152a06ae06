"""Addresses of the site."""

from aiohttp import web

from gateway.middleware.errors import ERROR_PAGE
from gateway.site import render
from gateway.site.assets import STATIC, set_cache_policy
from gateway.site.error_page import error_page
from gateway.site.guard import Page, admins_only, members_only
from gateway.site.pages import account, admin, entry, faces, jobs, keys, mixing, studio, usage, webhooks

_OPEN: tuple[tuple[str, str, Page], ...] = (
    ("GET", "/", entry.landing),
    ("GET", "/signup", entry.signup_form),
    ("POST", "/signup", entry.signup),
    ("GET", "/login", entry.login_form),
    ("POST", "/login", entry.login),
    ("POST", "/logout", entry.logout),
)
_MEMBERS: tuple[tuple[str, str, Page], ...] = (
    ("GET", "/new", studio.show),
    ("POST", "/new", studio.start),
    ("GET", "/jobs", jobs.history),
    ("GET", "/jobs/{id}", jobs.show),
    ("POST", "/jobs/{id}/cancel", jobs.cancel),
    ("POST", "/jobs/{id}/retry", jobs.retry),
    ("GET", "/faces", faces.library),
    ("GET", "/faces/mix", mixing.show),
    ("POST", "/faces/mix", mixing.mix),
    ("GET", "/faces/{id}", faces.show),
    ("POST", "/faces/{id}/delete", faces.delete),
    ("POST", "/faces/{id}/photos/{photo_id}/delete", faces.delete_photo),
    ("GET", "/keys", keys.show),
    ("POST", "/keys", keys.create),
    ("POST", "/keys/{id}/revoke", keys.revoke),
    ("GET", "/webhooks", webhooks.show),
    ("POST", "/webhooks", webhooks.create),
    ("POST", "/webhooks/{id}/delete", webhooks.delete),
    ("POST", "/webhooks/{id}/test", webhooks.test),
    ("POST", "/webhooks/deliveries/{id}/replay", webhooks.replay),
    ("GET", "/account", account.show),
    ("GET", "/usage", usage.show),
)


def setup(app: web.Application) -> None:
    """Add the site to `app`: pages, static files, and the page that failures are shown on."""
    render.setup(app)
    app[ERROR_PAGE] = error_page
    app.on_response_prepare.append(set_cache_policy)
    app.router.add_static("/static/", STATIC)
    for method, path, page in _OPEN:
        app.router.add_route(method, path, page)
    for method, path, page in _MEMBERS:
        app.router.add_route(method, path, members_only(page))
    for method, path, page in admin.PAGES:
        app.router.add_route(method, path, admins_only(page))
