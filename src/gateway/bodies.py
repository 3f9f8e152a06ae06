"""Reading what a request brings, and writing what it gets."""

import json
from typing import TypeVar
from uuid import UUID

from aiohttp import web
from multidict import MultiDictProxy
from pydantic import BaseModel, ValidationError

from contracts.errors import Reason, RequestError
from gateway.arrival import arriving

M = TypeVar("M", bound=BaseModel)


async def read_bytes(request: web.Request) -> bytes:
    """The body as it came; read once, however often it is asked for.

    Raises:
        RequestError: UPLOAD_INTERRUPTED.
    """
    with arriving():
        return await request.read()


async def read_form(request: web.Request) -> MultiDictProxy[str | bytes | bytearray | web.FileField]:
    """The fields of a form; read once, however often they are asked for.

    Raises:
        RequestError: UPLOAD_INTERRUPTED.
    """
    with arriving():
        return await request.post()


async def read_json(request: web.Request, model: type[M]) -> M:
    """The JSON body as `model`; an empty body counts as `{}`.

    Raises:
        RequestError: INVALID with every wrong field and what would pass; UPLOAD_INTERRUPTED.
    """
    text = await read_bytes(request)
    try:
        value = json.loads(text or b"{}")
    except ValueError as error:
        message = f"The body is not JSON: {error}"
        raise RequestError(Reason.INVALID, message, errors=[{"field": "", "message": message}]) from error
    return validate(model, value)


def read_query(request: web.Request, model: type[M]) -> M:
    """The query as `model`.

    Raises:
        RequestError: INVALID with every wrong parameter and what would pass.
    """
    return validate(model, dict(request.query))


def validate(model: type[M], value: object) -> M:
    """`value` as `model`.

    Raises:
        RequestError: INVALID with every wrong field and what would pass.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        errors = [
            {"field": ".".join(str(part) for part in item["loc"]), "message": item["msg"]}
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        message = "; ".join(f"{item['field']}: {item['message']}".removeprefix(": ") for item in errors)
        raise RequestError(Reason.INVALID, message, errors=errors) from error


def path_id(request: web.Request, name: str) -> UUID:
    """The id in the path.

    Raises:
        RequestError: NOT_FOUND where it is no id at all.
    """
    try:
        return UUID(request.match_info[name])
    except ValueError as error:
        raise RequestError(Reason.NOT_FOUND, "There is nothing at this address.") from error


def path_number(request: web.Request, name: str) -> int:
    """The number in the path.

    Raises:
        RequestError: NOT_FOUND where it is none, or one that no row can have.
    """
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and int(text) < 2**63):
        raise RequestError(Reason.NOT_FOUND, "There is nothing at this address.")
    return int(text)


def answer(view: BaseModel, status: int = 200, **headers: str) -> web.Response:
    """A view as JSON; underscores in header names stand for dashes."""
    return web.Response(
        text=view.model_dump_json(),
        status=status,
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
