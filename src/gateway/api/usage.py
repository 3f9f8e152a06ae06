"""What one was charged."""

from aiohttp import web

from gateway.api.operation import Operation
from gateway.bodies import answer, read_query
from gateway.principal import principal_of
from gateway.requests import UsageQuery
from gateway.services.usage import usage_of
from gateway.views.usage import UsageView


async def _usage(request: web.Request) -> web.Response:
    query = read_query(request, UsageQuery)
    return answer(await usage_of(principal_of(request).user_id, query.days))


OPERATIONS = (
    Operation(
        "GET", "/usage", _usage, "GPU seconds charged, by day and by job", query=UsageQuery, answer=UsageView
    ),
)
