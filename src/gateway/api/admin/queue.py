"""The queue and the agents as they are now."""

from aiohttp import web
from pydantic import RootModel

from gateway.admin.requests import QueueQuery
from gateway.admin.views import AgentView, QueueView
from gateway.api.operation import Operation
from gateway.bodies import answer, read_query
from gateway.context import gateway_of
from gateway.services.admin import queue


class AgentList(RootModel[list[AgentView]]):
    """The agents that are there, by pool and name."""


async def _queue(request: web.Request) -> web.Response:
    query = read_query(request, QueueQuery)
    return answer(await queue.look_at_queue(gateway_of(request).bus, query.top))


async def _agents(request: web.Request) -> web.Response:
    return answer(AgentList(await queue.list_agents(gateway_of(request).bus)))


OPERATIONS = (
    Operation(
        "GET", "/admin/queue", _queue, "The queue now: pools, users with share due and share got, agents, leader",
        query=QueueQuery, answer=QueueView, admin=True,
    ),
    Operation("GET", "/admin/agents", _agents, "The agents that are there", answer=AgentList, admin=True),
)  # fmt: skip
