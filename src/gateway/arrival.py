"""Bodies that stop arriving: that is the client's doing, and no failure of a server behind us."""

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import ClientPayloadError, web

from contracts.errors import Reason, RequestError

AGAIN = "The request broke off before its end. Send it again."

_BROKEN = (ConnectionError, TimeoutError, ClientPayloadError, web.RequestPayloadError)


@contextmanager
def arriving(message: str = AGAIN) -> Iterator[None]:
    """Around reading a body, and nothing else: a broken connection and silence get a name of their own.

    Raises:
        RequestError: UPLOAD_INTERRUPTED with `message`.
    """
    try:
        yield
    except _BROKEN as error:
        raise RequestError(Reason.UPLOAD_INTERRUPTED, message) from error
