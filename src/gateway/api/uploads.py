"""Uploads as JSON; `gateway.api.tus` takes their bytes."""

from typing import Literal

from aiohttp import web
from pydantic import Field

from contracts.errors import Reason
from gateway.api.operation import Operation
from gateway.bodies import answer, path_id, read_query
from gateway.principal import principal_of
from gateway.requests import PageQuery
from gateway.services import uploads
from gateway.views.base import Page
from gateway.views.uploads import UploadView


class UploadQuery(PageQuery):
    """Which uploads."""

    purpose: Literal["target", "face"] | None = Field(None, description="Only those for this purpose.")


async def _list(request: web.Request) -> web.Response:
    query = read_query(request, UploadQuery)
    found, cursor = await uploads.list_uploads(
        principal_of(request), query.purpose, query.cursor, query.limit
    )
    return answer(Page[UploadView](items=[UploadView.of(upload) for upload in found], next_cursor=cursor))


async def _get(request: web.Request) -> web.Response:
    return answer(
        UploadView.of(await uploads.get_upload(principal_of(request), path_id(request, "upload_id")))
    )


OPERATIONS = (
    Operation("GET", "/uploads", _list, "Uploads, newest first", query=UploadQuery, answer=Page[UploadView]),
    Operation(
        "GET", "/uploads/{upload_id}", _get, "What became of an upload", answer=UploadView,
        problems=(Reason.NOT_FOUND,),
    ),
)  # fmt: skip
