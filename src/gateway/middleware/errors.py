"""Failures become answers: problem+json below /api, a page elsewhere."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from contracts.errors import Failure, Reason, UnavailableError, VisageError
from gateway.middleware.tracing import REQUEST_ID
from gateway.problems import headers_of, problem_response, status_of
from storage.faults import means_away

# Renders a failure for the page, given its HTTP status. The site puts its own here.
ErrorPage = Callable[[web.Request, Failure, int], Awaitable[web.Response]]
ERROR_PAGE: web.AppKey[ErrorPage] = web.AppKey("error_page")

_REASONS = {404: Reason.NOT_FOUND, 403: Reason.FORBIDDEN, 413: Reason.SIZE_LIMIT}
_GONE = 499  # as nginx calls it: nobody is there to read the answer

_log = structlog.get_logger()


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever goes wrong in a way that its reader understands."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return await _answer(request, _failure_of(error), error.status)
    except Exception as error:
        if request.transport is None or request.transport.is_closing():
            _log.info("client gone", path=request.path, error=repr(error))
            return web.Response(status=_GONE)
        if request._payload_writer is not None and request._payload_writer.output_size > 0:
            raise  # the answer has begun; breaking it off is all that can be done
        failure = _known(UnavailableError("database") if means_away(error) else error, request)
        return await _answer(request, failure, status_of(failure.reason))


def _known(error: Exception, request: web.Request) -> Failure:
    if isinstance(error, UnavailableError):
        _log.warning("unavailable", what=error.detail["what"], path=request.path)
    if isinstance(error, VisageError):
        return error.failure
    _log.exception("request failed", path=request.path)
    message = (
        f"Something went wrong on our side. Tell us this number and we will find out: {request[REQUEST_ID]}"
    )
    return Failure(reason=Reason.INTERNAL, message=message, detail={"request_id": request[REQUEST_ID]})


def _failure_of(error: web.HTTPException) -> Failure:
    if error.status == 404:
        return Failure(reason=Reason.NOT_FOUND, message="There is nothing at this address.")
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = sorted(error.allowed_methods)
        message = f"{error.method} is not possible here; {', '.join(allowed)} is."
        return Failure(reason=Reason.INVALID, message=message, detail={"allowed": allowed})
    return Failure(reason=_REASONS.get(error.status, Reason.INVALID), message=error.text or error.reason)


async def _answer(request: web.Request, failure: Failure, status: int) -> web.Response:
    if request.path.startswith("/api/"):
        return problem_response(failure, status, request[REQUEST_ID])
    response = await request.config_dict[ERROR_PAGE](request, failure, status)
    response.headers.update(headers_of(failure))
    return response


async def plain_error_page(request: web.Request, failure: Failure, status: int) -> web.Response:
    """The failure as plain text, where no site is set up."""
    return web.Response(text=failure.message, status=status)
