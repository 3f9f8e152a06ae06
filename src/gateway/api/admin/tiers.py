"""Tiers: a change holds at once, in running schedulers too."""

from aiohttp import web
from pydantic import RootModel

from contracts.errors import Reason
from gateway.admin.guard import by_of
from gateway.admin.requests import TierChange, TierRequest
from gateway.admin.views import AdminTierView
from gateway.api.operation import Operation
from gateway.bodies import answer, read_json
from gateway.context import gateway_of
from gateway.services.admin import tiers as service
from storage.admin import tiers


class AdminTierList(RootModel[list[AdminTierView]]):
    """Every tier with its users, the smallest weight first."""


async def _list(request: web.Request) -> web.Response:
    return answer(AdminTierList(await service.list_tiers()))


async def _get(request: web.Request) -> web.Response:
    return answer(await service.get_tier(request.match_info["tier"]))


async def _create(request: web.Request) -> web.Response:
    wanted = await read_json(request, TierRequest)
    await tiers.create_tier(by_of(request), wanted.policy)
    return answer(
        await service.get_tier(wanted.name), status=201, Location=f"/api/v1/admin/tiers/{wanted.name}"
    )


async def _change(request: web.Request) -> web.Response:
    name, wanted = request.match_info["tier"], await read_json(request, TierChange)
    await tiers.change_tier(by_of(request), name, wanted.columns)
    return answer(await service.get_tier(name))


async def _remove(request: web.Request) -> web.Response:
    settings = gateway_of(request).settings
    await service.remove_tier(settings, by_of(request), request.match_info["tier"])
    return web.Response(status=204)


OPERATIONS = (
    Operation("GET", "/admin/tiers", _list, "Every tier with its users", answer=AdminTierList, admin=True),
    Operation(
        "POST", "/admin/tiers", _create, "Make a tier", body=TierRequest, answer=AdminTierView, status=201,
        admin=True, problems=(Reason.CONFLICT,),
    ),
    Operation("GET", "/admin/tiers/{tier}", _get, "One tier", answer=AdminTierView, admin=True),
    Operation(
        "PATCH", "/admin/tiers/{tier}", _change, "Change a tier, for running work too", body=TierChange,
        answer=AdminTierView, admin=True,
    ),
    Operation(
        "DELETE", "/admin/tiers/{tier}", _remove, "Remove a tier that nothing needs", status=204, admin=True,
        problems=(Reason.CONFLICT,),
    ),
)  # fmt: skip
