"""A plain HTTP server of byte ranges, as an object store is one."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest


class Ranges:
    """Serves the files of a folder; counts what it sends, and can fail on demand.

    Attributes:
        sent: Bytes of all bodies.
        failures: Requests still to be refused with 503, or dropped where negative.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent = 0
        self.failures = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"ranges": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def url(self, name: str) -> str:
        """Where a file of the folder is served."""
        return f"http://127.0.0.1:{self._server.server_port}/{name}?signature=secret"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ranges: ClassVar[Ranges]

    def do_GET(self) -> None:
        if self.ranges.failures > 0:
            self.ranges.failures -= 1
            self._reply(503, b"")
            return
        path = self.ranges.folder / self.path.partition("?")[0].lstrip("/")
        if not path.exists():
            self._reply(404, b"gone")
            return
        self._send(path)

    def _send(self, path: Path) -> None:
        size = path.stat().st_size
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"])
        assert match is not None
        first, last = int(match[1]), min(int(match[2]), size - 1)
        if first >= size:
            self._reply(416, b"", f"bytes */{size}")
            return
        with path.open("rb") as file:
            file.seek(first)
            data = file.read(last - first + 1)
        self.ranges.sent += len(data)
        self._reply(206, data, f"bytes {first}-{last}/{size}")

    def _reply(self, status: int, data: bytes, content_range: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        """Stay quiet."""


@pytest.fixture
def ranges(tmp_path: Path) -> Iterator[Ranges]:
    """Serves `tmp_path`."""
    served = Ranges(tmp_path)
    yield served
    served.close()
