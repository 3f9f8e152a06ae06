"""The OpenAPI 3.1 document, made of the operations themselves."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter

from contracts.errors import Reason
from gateway.api.operation import JSON, PREFIX, Operation
from gateway.problems import CONTENT_TYPE, TYPE_PREFIX, status_of

_TEMPLATE = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{(\w+)\}")
_EVERYWHERE = (Reason.UNAUTHENTICATED, Reason.RATE_LIMIT, Reason.UNAVAILABLE)
_BODY_REASONS = (Reason.INVALID,)
_ADMIN_REASONS = (Reason.NOT_FOUND, Reason.FORBIDDEN)
_ID = {"type": "string", "format": "uuid"}

# Parameters of paths that are no ids.
_NAMES = {
    "tier": {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,31}$"},
    "scope": {"type": "string", "description": "The name of a tier, or `everything`."},
    "letter": {"type": "integer"},
}

Json = dict[str, Any]


class FieldError(BaseModel):
    """A field of the request that is wrong, and what would pass."""

    field: str
    message: str


class Problem(BaseModel):
    """A failure (RFC 9457). `reason` is stable; `context` holds limits and values for a program."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    reason: Reason
    errors: list[FieldError]
    context: dict[str, Any]


def document(operations: Iterable[Operation]) -> Json:
    """The document of `operations`."""
    schemas: Json = {}
    paths: dict[str, Json] = defaultdict(dict)
    _schema(Problem, schemas, "validation")
    for operation in operations:
        paths[PREFIX + operation.path][operation.method.lower()] = _operation(operation, schemas)
    bearer = {"type": "http", "scheme": "bearer", "description": "An API key, vsg_..."}
    admin = bearer | {"description": "An admin's API key of the scope `admin`"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Visage", "version": "1", "description": "Face swaps, fair to every user."},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": bearer, "admin": admin}},
        "security": [{"key": []}],
    }


def _operation(operation: Operation, schemas: Json) -> Json:
    described: Json = {
        "summary": operation.summary,
        "operationId": _name(operation),
        "parameters": _parameters(operation, schemas),
        "responses": {str(operation.status): _success(operation, schemas), **_failures(operation)},
    }
    if operation.public:
        described["security"] = []
    if operation.admin:
        described |= {"security": [{"admin": []}], "tags": ["admin"]}
    if body := _request_body(operation, schemas):
        described["requestBody"] = body
    return described


def _name(operation: Operation) -> str:
    words = [word for word in re.split(r"[/{}.-]", operation.path) if word]
    return "_".join([operation.method.lower(), *words])


def _parameters(operation: Operation, schemas: Json) -> list[Json]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": _NAMES.get(name, _ID)}
        for name in _PARAMETER.findall(operation.path)
    ]
    if operation.idempotent:
        key = {"type": "string", "minLength": 1, "maxLength": 255}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    if operation.query is not None:
        made = operation.query.model_json_schema(ref_template=_TEMPLATE)
        schemas.update(made.get("$defs", {}))
        found += [{"name": name, "in": "query", "schema": one} for name, one in made["properties"].items()]
    return found


def _request_body(operation: Operation, schemas: Json) -> Json | None:
    content = {kind: {"schema": schema} for kind, schema in operation.form.items()}
    if operation.body is not None:
        content[JSON] = {"schema": _schema(operation.body, schemas, "validation")}
    return {"content": content} if content else None


def _success(operation: Operation, schemas: Json) -> Json:
    described: Json = {"description": "Done"}
    if operation.answer is not None:
        schema = _schema(operation.answer, schemas, "serialization")
        described["content"] = {operation.content: {"schema": schema}}
    elif operation.content != JSON:
        described["content"] = {operation.content: {}}
    return described


def _failures(operation: Operation) -> Json:
    reasons = [*operation.problems, *(_EVERYWHERE[1:] if operation.public else _EVERYWHERE)]
    if operation.body or operation.form or operation.query:
        reasons += _BODY_REASONS
    if operation.admin:
        reasons += _ADMIN_REASONS
    by_status: dict[str, list[str]] = defaultdict(list)
    for reason in reasons:
        by_status[str(status_of(reason))].append(TYPE_PREFIX + reason)
    content = {CONTENT_TYPE: {"schema": {"$ref": _TEMPLATE.format(model="Problem")}}}
    return {
        status: {"description": ", ".join(sorted(set(types))), "content": content}
        for status, types in sorted(by_status.items())
    }


def _schema(kind: Any, schemas: Json, mode: Any) -> Json:
    made = TypeAdapter(kind).json_schema(ref_template=_TEMPLATE, mode=mode)
    schemas.update(made.pop("$defs", {}))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        name = re.sub(r"\W+", "_", kind.__name__).strip("_")
        schemas[name] = made
        return {"$ref": _TEMPLATE.format(model=name)}
    return dict(made)
