"""What forms and queries carry, as typed values."""

from collections.abc import Mapping
from uuid import UUID

from aiohttp import web
from multidict import MultiDict

from gateway.bodies import read_form


async def text_fields(request: web.Request) -> MultiDict[str]:
    """The text fields of a form; a file in it is left out."""
    form = await read_form(request)
    return MultiDict((name, value) for name, value in form.items() if isinstance(value, str))


def id_of(values: Mapping[str, str], name: str) -> UUID | None:
    """The id in field `name`; None where there is none, or something else."""
    try:
        return UUID(values.get(name, ""))
    except ValueError:
        return None
