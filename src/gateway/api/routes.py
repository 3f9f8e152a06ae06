"""Every operation of the API, and the document that describes them."""

from aiohttp import web

from gateway.api import (
    account,
    admin,
    events,
    faces,
    jobs,
    media,
    mixing,
    persons,
    tus,
    uploads,
    usage,
    webhooks,
)
from gateway.api.openapi import document
from gateway.api.operation import Operation, register

OPERATIONS: tuple[Operation, ...] = (
    *account.OPERATIONS,
    *uploads.OPERATIONS,
    *persons.OPERATIONS,
    *tus.OPERATIONS,
    *faces.OPERATIONS,
    *mixing.OPERATIONS,
    *jobs.OPERATIONS,
    *events.OPERATIONS,
    *media.OPERATIONS,
    *webhooks.OPERATIONS,
    *usage.OPERATIONS,
    *admin.OPERATIONS,
)


async def _document(request: web.Request) -> web.Response:
    return web.json_response(document(OPERATIONS))


DESCRIPTION = Operation("GET", "/openapi.json", _document, "This description", answer=dict, public=True)


def setup(app: web.Application) -> None:
    """Add the API to the application."""
    register(app, (*OPERATIONS, DESCRIPTION))
