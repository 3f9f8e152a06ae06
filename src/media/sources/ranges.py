"""Byte ranges over HTTP: kept-alive connections, retries, typed errors."""

import re
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError

from contracts.errors import Reason, UnavailableError, WorkError

_RETRIES: Final = urllib3.Retry(
    total=6, backoff_factor=0.2, backoff_max=5, status_forcelist=(429, 500, 502, 503, 504), redirect=0
)
_TIMEOUT: Final = urllib3.Timeout(connect=5, read=30)
_CONTENT_RANGE: Final = re.compile(r"bytes (?:\d+-\d+|\*)/(\d+)")


class HttpRanges:
    """A file behind a URL that can be asked for byte ranges. Redirects are not followed.

    Attributes:
        name: Last part of the path, for messages.
        size: Bytes of the file, known after `open`.
        bytes_read: Bytes of all bodies received.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=1, retries=_RETRIES, timeout=_TIMEOUT)
        self.name = urllib3.util.parse_url(url).path or ""
        self.name = self.name.rpartition("/")[2]
        self.size = 0
        self.bytes_read = 0

    def open(self, count: int) -> bytes:
        """Learn the size; returns the first `count` bytes, fewer if the file is shorter."""
        status, data, total = self._get(0, count)
        if status == 206 and not total:
            raise UnavailableError("object store")
        if status == 200 and total:
            raise WorkError(
                Reason.OBJECT_MISSING, "The object store does not serve byte ranges.", retryable=False
            )
        self.size = total
        return data if status == 206 else b""

    def fetch(self, start: int, end: int) -> bytes:
        """Exactly the bytes from `start` to `end` (exclusive)."""
        status, data, total = self._get(start, end)
        if total != self.size:
            raise WorkError(
                Reason.OBJECT_MISSING, "The stored file changed while it was read.", retryable=False
            )
        if status != 206 or len(data) != end - start:
            raise UnavailableError("object store")
        return data

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _get(self, start: int, end: int) -> tuple[int, bytes, int]:
        headers = {"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
        try:
            response = self._pool.request("GET", self._url, headers=headers, preload_content=False)
            try:
                return self._read(response, end - start)
            finally:
                response.release_conn()
        except HTTPError as error:
            raise UnavailableError("object store") from error

    def _read(self, response: urllib3.BaseHTTPResponse, most: int) -> tuple[int, bytes, int]:
        if response.status not in (200, 206, 416):
            response.close()
            raise WorkError(
                Reason.OBJECT_MISSING,
                f"The file cannot be read from the object store (HTTP {response.status}).",
                retryable=response.status >= 500,
                status=response.status,
            )
        if response.status == 200:
            response.close()
            return 200, b"", int(response.headers.get("Content-Length") or 1)
        data = response.read(most)
        self.bytes_read += len(data)
        match = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
        return response.status, data, int(match[1]) if match else 0
