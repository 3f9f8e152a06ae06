"""Templates and static files: where they lie, and addresses that change with their content."""

import hashlib
from functools import cache
from pathlib import Path

from aiohttp import web

_ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = _ROOT / "templates"
STATIC = _ROOT / "static"


@cache
def asset(path: str) -> str:
    """Address of the file `path` below static/; a changed file gets a new one."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


async def set_cache_policy(request: web.Request, response: web.StreamResponse) -> None:
    """Let browsers keep what its address proves, and ask each time for everything else.

    Modules import each other by plain names: they are asked for, and mostly answered by 304.
    """
    if request.path.startswith("/static/"):
        forever = "v" in request.query
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
    elif response.content_type == "text/html":
        response.headers["Cache-Control"] = "no-store"
