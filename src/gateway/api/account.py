"""Who one is, what tiers there are, API keys."""

from aiohttp import web
from pydantic import RootModel

from contracts.errors import Reason
from contracts.tiers import TierPolicy
from gateway.api.operation import Operation
from gateway.bodies import answer, path_id, read_json
from gateway.principal import principal_of
from gateway.requests import KeyRequest
from gateway.services import keys
from gateway.views.account import KeyView, NewKeyView, UserView
from storage import accounts


class TierList(RootModel[list[TierPolicy]]):
    """Every tier, the smallest weight first."""


class KeyList(RootModel[list[KeyView]]):
    """API keys in use, newest first."""


async def _me(request: web.Request) -> web.Response:
    principal = principal_of(request)
    return answer(UserView.of(principal.user, principal.tier))


async def _tiers(request: web.Request) -> web.Response:
    return answer(TierList(await accounts.tiers()))


async def _list_keys(request: web.Request) -> web.Response:
    found = await keys.list_keys(principal_of(request).user)
    return answer(KeyList([KeyView.of(key) for key in found]))


async def _create_key(request: web.Request) -> web.Response:
    principal = principal_of(request)
    wanted = await read_json(request, KeyRequest)
    keys.check_scope(principal, wanted.scope)
    key, text = await keys.create_key(principal.user, wanted.name, wanted.scope)
    return answer(NewKeyView(**KeyView.of(key).model_dump(), key=text), status=201)


async def _revoke_key(request: web.Request) -> web.Response:
    await keys.revoke_key(principal_of(request).user, path_id(request, "key_id"))
    return web.Response(status=204)


OPERATIONS = (
    Operation("GET", "/me", _me, "The user who asks", answer=UserView),
    Operation("GET", "/tiers", _tiers, "Every tier", answer=TierList, public=True),
    Operation("GET", "/keys", _list_keys, "API keys in use", answer=KeyList),
    Operation(
        "POST", "/keys", _create_key, "Make an API key; its text is shown this once",
        body=KeyRequest, answer=NewKeyView, status=201, problems=(Reason.FORBIDDEN,),
    ),
    Operation(
        "DELETE", "/keys/{key_id}", _revoke_key, "Make an API key useless", status=204,
        problems=(Reason.NOT_FOUND,),
    ),
)  # fmt: skip
