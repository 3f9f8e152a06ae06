"""Weights; they are imported on the command line, beside the file."""

from aiohttp import web
from pydantic import RootModel

from gateway.admin.views import WeightsView
from gateway.api.operation import Operation
from gateway.bodies import answer
from gateway.context import gateway_of
from storage.weights import all_weights


class WeightsList(RootModel[list[WeightsView]]):
    """Imported weights, generators first."""


async def _list(request: web.Request) -> web.Response:
    business = gateway_of(request).settings.commercial
    return answer(WeightsList([WeightsView.of(row, business=business) for row in await all_weights()]))


OPERATIONS = (
    Operation(
        "GET", "/admin/weights", _list, "Imported weights, and on what ground they may be used",
        answer=WeightsList, admin=True,
    ),
)  # fmt: skip
