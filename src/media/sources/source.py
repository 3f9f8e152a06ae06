"""A file to read from: a path, or a presigned URL read by ranges.

Both are seekable file objects that libraries can read. Neither is ever held whole: a remote file keeps a
bounded number of blocks.
"""

import io
import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol, Self, runtime_checkable

from contracts.errors import Reason, WorkError
from media.sources.blocks import BLOCK, BlockCache
from media.sources.ranges import HttpRanges


@runtime_checkable
class Source(Protocol):
    """A seekable file object that knows its `size` and how many bytes were really read.

    Attributes:
        name: For messages; carries no credentials.
        size: Bytes of the file.
        bytes_read: Bytes that came from the disk or over the network so far.
    """

    name: str
    size: int
    bytes_read: int

    def read(self, count: int = -1, /) -> bytes:
        """Up to `count` bytes, all that is left if negative; empty at the end."""

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move; returns the new position in bytes from the start."""

    def tell(self) -> int:
        """The position in bytes from the start."""

    def close(self) -> None:
        """Let go of the file or connection."""

    def __enter__(self) -> "Source": ...

    def __exit__(self, *error: object) -> None: ...


class Positioned(ABC):
    """What all kinds of source share: a position, moved as a file's is."""

    size: int

    def __init__(self) -> None:
        self._position = 0
        self.bytes_read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of the file or connection."""

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """The position in bytes from the start."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move; a position before the start raises ValueError, one after the end reads nothing."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("seek before the start of the file")
        self._position = base + offset
        return self._position

    def _span(self, count: int) -> int:
        left = max(0, self.size - self._position)
        return left if count < 0 else min(count, left)


class FileSource(Positioned):
    """A local file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = _opened(path)
        self.name = path.name
        self.size = os.fstat(self._file.fileno()).st_size

    def read(self, count: int = -1, /) -> bytes:
        """Up to `count` bytes at the position."""
        data = os.pread(self._file.fileno(), self._span(count), self._position)
        self._position += len(data)
        self.bytes_read += len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _opened(path: Path) -> io.FileIO:
    try:
        return io.FileIO(path, "rb")
    except OSError as error:
        raise WorkError(
            Reason.OBJECT_MISSING, f"{path.name} cannot be read: {error.strerror}.", retryable=False
        ) from error


class UrlSource(Positioned):
    """A file behind a URL that answers range requests, such as a presigned one of an object store."""

    def __init__(self, url: str, block_size: int = BLOCK) -> None:
        super().__init__()
        self._ranges = HttpRanges(url)
        self._blocks = BlockCache(self._ranges.fetch, block_size)
        self.name = self._ranges.name
        first = self._ranges.open(self._blocks.block_size)
        self.size = self._ranges.size
        self._blocks.start(self.size, first)

    def read(self, count: int = -1, /) -> bytes:
        """Up to `count` bytes at the position."""
        data = self._blocks.read(self._position, self._span(count))
        self._position += len(data)
        self.bytes_read = self._ranges.bytes_read
        return data

    def close(self) -> None:
        """Close the connection and forget the blocks."""
        self._ranges.close()
        self._blocks.clear()


def open_source(where: str | Path, block_size: int = BLOCK) -> Source:
    """Open a local path or an http(s) URL, of which at least `block_size` bytes are read at a time.

    Raises:
        WorkError: OBJECT_MISSING where there is nothing, or the URL is not (or no longer) allowed.
        UnavailableError: The object store does not answer.
    """
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        source = UrlSource(where, block_size)
        source.bytes_read = source._ranges.bytes_read
        return source
    return FileSource(Path(where))
