"""One operation of the API: its route and its line in the OpenAPI document are made of the same value."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel

from contracts.errors import Reason
from gateway.admin.guard import admins_only

PREFIX = "/api/v1"
JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """What a client may do.

    Attributes:
        path: Below /api/v1, with parameters in braces.
        body: Model of the JSON body; `form` names other bodies by their content type and schema.
        answer: Type of the JSON answer; None where there is no body or, if `content` is set, other bytes.
        public: Whether it needs nobody to be logged in.
        admin: Whether it is for admins only.
        problems: Failures besides those that every operation can have.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    body: type[BaseModel] | None = None
    form: dict[str, Any] = field(default_factory=dict)
    query: type[BaseModel] | None = None
    answer: Any = None
    status: int = 200
    content: str = JSON
    public: bool = False
    admin: bool = False
    idempotent: bool = False
    problems: tuple[Reason, ...] = ()


def register(app: web.Application, operations: tuple[Operation, ...]) -> None:
    """Add the routes of `operations`; GET answers HEAD too, where HEAD has no operation of its own."""
    own = {operation.path for operation in operations if operation.method == "HEAD"}
    for operation in operations:
        path = PREFIX + operation.path
        handler = admins_only(operation.handler) if operation.admin else operation.handler
        if operation.method == "GET":
            app.router.add_get(path, handler, allow_head=operation.path not in own)
        else:
            app.router.add_route(operation.method, path, handler)
