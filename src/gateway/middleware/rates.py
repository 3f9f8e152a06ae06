"""How often one may ask: a token bucket a user, or an address where nobody is logged in.

Buckets live in the process: with several gateways each allows the full rate.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from contracts.errors import LimitError, Reason
from gateway.buckets import Buckets, Verdict
from gateway.principal import PRINCIPAL

BUCKETS = web.AppKey("buckets", Buckets)
_VERDICT = web.RequestKey("rate_verdict", Verdict)

_SAFE = ("GET", "HEAD", "OPTIONS")


@web.middleware
async def limit_rate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what comes too often. PATCH is not counted: connections decide how many an upload takes."""
    if _counts(request):
        principal = request.get(PRINCIPAL)
        verdict = request.config_dict[BUCKETS].take(principal.user_id if principal else request.remote)
        request[_VERDICT] = verdict
        if not verdict.allowed:
            raise LimitError(
                Reason.RATE_LIMIT,
                f"That was more than {verdict.limit} requests a minute. Go on in {verdict.reset_seconds} s.",
                limit=verdict.limit,
                retry_after=verdict.reset_seconds,
            )
    return await handler(request)


def _counts(request: web.Request) -> bool:
    if request.path.startswith("/api/"):
        return request.method != "PATCH"
    return request.method not in _SAFE


async def add_rate_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Say how much is left."""
    verdict = request.get(_VERDICT)
    if verdict is not None:
        response.headers["RateLimit-Limit"] = str(verdict.limit)
        response.headers["RateLimit-Remaining"] = str(verdict.remaining)
        response.headers["RateLimit-Reset"] = str(verdict.reset_seconds)
