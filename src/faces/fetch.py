"""Bytes of a photo from a presigned URL or a path, within a limit."""

from pathlib import Path

import urllib3

from contracts.errors import MediaError, Reason, UnavailableError

MOST_BYTES = 64_000_000
_TIMEOUT = urllib3.Timeout(connect=5, read=30)


def photo_bytes(where: str, most: int = MOST_BYTES) -> bytes:
    """The bytes behind `where`. Raises `MediaError` beyond `most`, `UnavailableError` without an answer."""
    data = _download(where, most) if where.startswith(("http://", "https://")) else _read(Path(where), most)
    if len(data) > most:
        message = f"The photo has more than {most // 10**6} MB; please send a smaller one."
        raise MediaError(Reason.BAD_DIMENSIONS, message, limit=most)
    return data


def _read(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most + 1)


def _download(url: str, most: int) -> bytes:
    try:
        with urllib3.PoolManager(retries=urllib3.Retry(3, backoff_factor=0.2)) as pool:
            answer = pool.request("GET", url, preload_content=False, timeout=_TIMEOUT)
            try:
                return _body(answer, most)
            finally:
                answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise UnavailableError("object store") from error


def _body(answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
    if answer.status >= 500:
        raise UnavailableError("object store")
    if answer.status >= 400:
        raise MediaError(Reason.OBJECT_MISSING, "The photo is not there any more.", status=answer.status)
    return answer.read(most + 1)
