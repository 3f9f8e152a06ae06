"""Tiers: what each allows, changed for running work too."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from contracts.errors import VisageError
from contracts.tiers import TierPolicy
from gateway.admin.guard import by_of
from gateway.admin.requests import TierChange, TierRequest
from gateway.bodies import validate
from gateway.context import gateway_of
from gateway.problems import status_of
from gateway.services.admin import tiers as service
from gateway.site.forms import text_fields
from gateway.site.render import render
from storage.admin import tiers

_MEGABYTE = 10**6
_BLANK = {
    "name": "", "title": "", "weight": "1", "max_in_flight": "2", "burst": "yes", "max_height": "1080",
    "max_fps": "60", "max_seconds": "600", "megabytes": "1000", "max_jobs": "5", "retention_days": "30",
}  # fmt: skip


async def overview(request: web.Request) -> web.Response:
    """GET /admin/tiers."""
    return render(request, "admin/tiers.html", rows=await service.list_tiers())


async def blank(request: web.Request) -> web.Response:
    """GET /admin/new-tier."""
    return render(request, "admin/tier.html", tier=None, form=_BLANK, saved=False)


async def create(request: web.Request) -> web.Response:
    """POST /admin/new-tier."""
    fields = await text_fields(request)
    try:
        wanted = validate(TierRequest, {**_given(fields), "name": fields.get("name", "").strip()})
        await tiers.create_tier(by_of(request), wanted.policy)
    except VisageError as error:
        return render(
            request,
            "admin/tier.html",
            status=status_of(error.reason),
            error=error.message,
            tier=None,
            form=_complete(fields),
            saved=False,
        )
    raise web.HTTPSeeOther(f"/admin/tiers/{wanted.name}?saved")


async def show(request: web.Request) -> web.Response:
    """GET /admin/tiers/{tier}."""
    return await _page(request)


async def change(request: web.Request) -> web.Response:
    """POST /admin/tiers/{tier}."""
    fields, name = await text_fields(request), request.match_info["tier"]
    try:
        wanted = validate(TierChange, _given(fields))
        await tiers.change_tier(by_of(request), name, wanted.columns)
    except VisageError as error:
        return await _page(request, error, fields)
    raise web.HTTPSeeOther(f"/admin/tiers/{name}?saved")


async def delete(request: web.Request) -> web.Response:
    """POST /admin/tiers/{tier}/delete."""
    settings = gateway_of(request).settings
    try:
        await service.remove_tier(settings, by_of(request), request.match_info["tier"])
    except VisageError as error:
        return await _page(request, error)
    raise web.HTTPSeeOther("/admin/tiers")


async def _page(
    request: web.Request, error: VisageError | None = None, fields: Mapping[str, str] | None = None
) -> web.Response:
    tier = await service.get_tier(request.match_info["tier"])
    return render(
        request,
        "admin/tier.html",
        status=status_of(error.reason) if error else 200,
        error=error.message if error else None,
        tier=tier,
        form=_typed(tier) if fields is None else _complete(fields),
        saved="saved" in request.query,
    )


def _given(fields: Mapping[str, str]) -> dict[str, Any]:
    numbers = (
        "weight",
        "max_in_flight",
        "max_height",
        "max_fps",
        "max_seconds",
        "max_jobs",
        "retention_days",
    )
    return {
        "title": fields.get("title", ""),
        "burst": fields.get("burst") == "yes",
        "max_bytes": _bytes(fields.get("megabytes", "")),
        **{name: fields.get(name, "").strip() for name in numbers},
    }


def _bytes(megabytes: str) -> int | str:
    try:
        return round(float(megabytes) * _MEGABYTE)
    except (ValueError, OverflowError):
        return megabytes


def _typed(tier: TierPolicy) -> dict[str, str]:
    shown = {name: f"{getattr(tier, name):g}" for name in ("weight", "max_seconds")}
    whole = ("name", "title", "max_in_flight", "max_height", "max_fps", "max_jobs", "retention_days")
    return {
        **shown,
        **{name: str(getattr(tier, name)) for name in whole},
        "burst": "yes" if tier.burst else "",
        "megabytes": f"{tier.max_bytes / _MEGABYTE:.12g}",
    }


def _complete(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: fields.get(name, "") for name in _BLANK}
