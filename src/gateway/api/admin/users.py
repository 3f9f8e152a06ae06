"""Users: found, moved, given terms of their own, blocked."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web

from contracts.errors import Reason
from gateway.admin.guard import by_of
from gateway.admin.requests import UserChange, UserQuery
from gateway.admin.views import AdminUserView, CancelledView
from gateway.api.operation import Operation
from gateway.bodies import answer, path_id, read_json, read_query
from gateway.requests import UsageQuery
from gateway.services.admin import users as service
from gateway.services.usage import usage_of
from gateway.views.base import Page
from gateway.views.usage import UsageView
from storage.admin import jobs, users
from storage.admin.deeds import By


async def _list(request: web.Request) -> web.Response:
    found, cursor = await service.list_users(read_query(request, UserQuery))
    return answer(Page[AdminUserView](items=found, next_cursor=cursor))


async def _get(request: web.Request) -> web.Response:
    return answer(await service.get_user(path_id(request, "user_id")))


async def _change(request: web.Request) -> web.Response:
    user_id, wanted = path_id(request, "user_id"), await read_json(request, UserChange)
    await users.change_user(by_of(request), user_id, wanted.columns)
    return answer(await service.get_user(user_id))


def _deed(deed: Callable[[By, UUID], Awaitable[None]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        user_id = path_id(request, "user_id")
        await deed(by_of(request), user_id)
        return answer(await service.get_user(user_id))

    return handle


async def _promote(by: By, user_id: UUID) -> None:
    await users.set_admin(by, user_id, True)


async def _demote(by: By, user_id: UUID) -> None:
    await users.set_admin(by, user_id, False)


async def _cancel_jobs(request: web.Request) -> web.Response:
    user_id = (await users.user_of(path_id(request, "user_id"))).id
    return answer(CancelledView(jobs=await jobs.cancel_jobs_of(by_of(request), user_id)), status=202)


async def _usage(request: web.Request) -> web.Response:
    user_id = (await users.user_of(path_id(request, "user_id"))).id
    return answer(await usage_of(user_id, read_query(request, UsageQuery).days))


_ONE = "/admin/users/{user_id}"

OPERATIONS = (
    Operation(
        "GET", "/admin/users", _list, "Users with their usage, newest first", query=UserQuery,
        answer=Page[AdminUserView], admin=True,
    ),
    Operation("GET", _ONE, _get, "One user", answer=AdminUserView, admin=True),
    Operation(
        "PATCH", _ONE, _change, "Change a user's tier, weight, cap or burst, for running work too",
        body=UserChange, answer=AdminUserView, admin=True,
    ),
    Operation(
        "POST", _ONE + "/block", _deed(users.block_user), "Refuse a user everywhere, start nothing of theirs",
        answer=AdminUserView, admin=True, problems=(Reason.CONFLICT,),
    ),
    Operation(
        "POST", _ONE + "/unblock", _deed(users.unblock_user), "Let a user in again", answer=AdminUserView,
        admin=True,
    ),
    Operation(
        "POST", _ONE + "/promote", _deed(_promote), "Make a user an admin", answer=AdminUserView, admin=True,
        problems=(Reason.CONFLICT,),
    ),
    Operation(
        "POST", _ONE + "/demote", _deed(_demote), "Make an admin a user like others", answer=AdminUserView,
        admin=True, problems=(Reason.CONFLICT,),
    ),
    Operation(
        "POST", _ONE + "/cancel-jobs", _cancel_jobs, "Stop every unfinished job of a user",
        answer=CancelledView, status=202, admin=True,
    ),
    Operation(
        "GET", _ONE + "/usage", _usage, "What a user was charged, by day and by job", query=UsageQuery,
        answer=UsageView, admin=True,
    ),
)  # fmt: skip
