"""Servers of byte ranges that do not do what they say."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What is answered to a request for the bytes from first to last: status, Content-Range, body.
Answer = tuple[int, str, bytes]


@contextmanager
def served(answer: Callable[[int, int], Answer]) -> Iterator[str]:
    """The URL of a file of which `answer` gives the ranges."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"])
            assert match is not None
            status, content_range, body = answer(int(match[1]), int(match[2]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Range", content_range)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # nobody wants the rest

        def log_message(self, *arguments: object) -> None:
            """Stay quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *arguments: object) -> None:
            """Readers hang up on liars."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/film"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
