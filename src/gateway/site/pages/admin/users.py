"""Users: found, and changed one at a time."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web

from contracts.errors import VisageError
from gateway.admin.guard import by_of
from gateway.admin.requests import UserChange, UserQuery
from gateway.admin.views import AdminUserView, DeedView
from gateway.bodies import path_id, validate
from gateway.context import gateway_of
from gateway.problems import status_of
from gateway.services.admin import users as service
from gateway.services.admin.queue import ask_leader
from gateway.services.usage import usage_of
from gateway.site.forms import text_fields
from gateway.site.pages.admin.options import tier_options
from gateway.site.render import render
from gateway.site.shown.deed import DeedShown
from storage.admin import jobs, users
from storage.admin.deeds import By, deeds

PAGE = 30
LOG_LINES = 10
_BURST = {"": None, "yes": True, "no": False}


async def overview(request: web.Request) -> web.Response:
    """GET /admin/users?search=&tier=."""
    given = {name: value for name, value in request.query.items() if value}
    found, cursor = await service.list_users(validate(UserQuery, {**given, "limit": PAGE}))
    given.pop("cursor", None)
    return render(
        request,
        "admin/users.html",
        people=found,
        wanted=given,
        tier_options=await tier_options(),
        next_page=f"/admin/users?{urlencode({**given, 'cursor': cursor})}" if cursor else None,
    )


async def show(request: web.Request) -> web.Response:
    """GET /admin/users/{id}."""
    return await _page(request, path_id(request, "id"))


async def change(request: web.Request) -> web.Response:
    """POST /admin/users/{id}: tier and own terms; an empty field gives back the tier's."""
    user_id, fields = path_id(request, "id"), await text_fields(request)
    try:
        wanted = validate(UserChange, _given(fields))
        await users.change_user(by_of(request), user_id, wanted.columns)
    except VisageError as error:
        return await _page(request, user_id, error, fields)
    raise web.HTTPSeeOther(f"/admin/users/{user_id}?saved")


async def act(request: web.Request) -> web.Response:
    """POST /admin/users/{id}/block and its like."""
    user_id = path_id(request, "id")
    try:
        await _act(by_of(request), user_id, request.match_info["deed"])
    except VisageError as error:
        return await _page(request, user_id, error)
    raise web.HTTPSeeOther(f"/admin/users/{user_id}?saved")


async def _act(by: By, user_id: UUID, deed: str) -> None:
    if deed == "block":
        await users.block_user(by, user_id)
    elif deed == "unblock":
        await users.unblock_user(by, user_id)
    elif deed == "cancel-jobs":
        await jobs.cancel_jobs_of(by, user_id)
    else:
        await users.set_admin(by, user_id, deed == "promote")


def _given(fields: Mapping[str, str]) -> dict[str, Any]:
    return {
        "tier": fields.get("tier"),
        "weight": fields.get("weight", "").strip() or None,
        "max_in_flight": fields.get("max_in_flight", "").strip() or None,
        "burst": _BURST.get(fields.get("burst", "")),
    }


def _typed(user: AdminUserView) -> dict[str, str]:
    return {
        "tier": user.tier,
        "weight": "" if user.weight is None else f"{user.weight:g}",
        "max_in_flight": "" if user.max_in_flight is None else str(user.max_in_flight),
        "burst": next(word for word, value in _BURST.items() if value is user.burst),
    }


async def _page(
    request: web.Request,
    user_id: UUID,
    error: VisageError | None = None,
    fields: Mapping[str, str] | None = None,
) -> web.Response:
    person = await service.get_user(user_id)
    found = await deeds(None, LOG_LINES, subject=f"user:{user_id}")
    snapshot = await ask_leader(gateway_of(request).bus, 1, user_id)
    return render(
        request,
        "admin/user.html",
        status=status_of(error.reason) if error else 200,
        error=error.message if error else None,
        saved="saved" in request.query,
        person=person,
        form=fields or _typed(person),
        in_queue=snapshot.users[0] if snapshot and snapshot.users else None,
        usage=await usage_of(user_id, service.USAGE_DAYS),
        deeds=[DeedShown.of(DeedView.of(deed)) for deed in found],
        tier_options=await tier_options(),
    )
