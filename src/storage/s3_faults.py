"""What the S3 client's failures mean."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004
    HTTPClientError,
    ReadTimeoutError,
)

from contracts.errors import Reason, UnavailableError, VisageError, WorkError
from storage.objects import ObjectMissing

_MISSING = {"404", "NoSuchKey", "NoSuchUpload", "NotFound"}
_FULL = {"507", "InsufficientStorage", "XMinioStorageFull"}


def begins_beyond_end(error: ClientError) -> bool:
    """Whether the server refused a range because it begins beyond the end of the object."""
    return error.response.get("Error", {}).get("Code") in ("InvalidRange", "416")


@asynccontextmanager
async def s3_guard(key: str) -> AsyncIterator[None]:
    """Around work on the object `key`: failures of the client become our own."""
    try:
        yield
    except ClientError as error:
        raise _meaning(error, key) from error
    except (ConnectionError, HTTPClientError, ReadTimeoutError, aiohttp.ClientError, TimeoutError) as error:
        raise UnavailableError("object store") from error


def _meaning(error: ClientError, key: str) -> VisageError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _MISSING:
        return ObjectMissing(key)
    if code in _FULL or status == 507:
        return WorkError(Reason.DISK_FULL, "The object store is full.", key=key)
    if status >= 500 or status == 429 or code in ("SlowDown", "RequestTimeout"):
        return UnavailableError("object store")
    return WorkError(Reason.INTERNAL, f"The object store refused the request: {error}", key=key, code=code)
