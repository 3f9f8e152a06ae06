"""The object store as everyone sees it. `storage.s3` is one; Azure Blob could be another.

Nothing here is ever whole in memory: bodies are streams, except parts, which their caller holds anyway.
"""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from contracts.errors import Reason, WorkError

Body = bytes | Path | AsyncIterable[bytes]

# What an incomplete upload may be cut into: S3's least size of a part, except the last, in bytes.
MIN_PART_BYTES = 5 * 2**20


class ObjectMissing(WorkError):  # noqa: N818
    """There is no such object, or no such multipart upload. Another try will not find it either."""

    def __init__(self, key: str) -> None:
        super().__init__(Reason.OBJECT_MISSING, f"There is no object {key}.", retryable=False, key=key)

    def __reduce__(self) -> tuple[Any, ...]:
        return ObjectMissing, (self.detail["key"],)


@dataclass(frozen=True)
class Stored:
    """What `put` wrote: `size` in bytes, `sha256` of them in hexadecimal."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ObjectInfo:
    """What the store knows of an object: `size` in bytes, `modified` with its zone."""

    key: str
    size: int
    modified: datetime
    etag: str
    content_type: str | None = None


@dataclass(frozen=True)
class Part:
    """A stored part of a multipart upload; numbers begin at 1."""

    number: int
    etag: str
    size: int


class ObjectStore(Protocol):
    """Objects by key. Every method raises UnavailableError when the store does not answer.

    No key may continue another after a slash ("a" beside "a/b"): some stores are file systems inside.
    """

    async def put(self, key: str, body: Body, *, content_type: str | None = None) -> Stored:
        """Store `body`: bytes, a file, or a stream. The object appears whole or not at all."""
        ...

    def get(self, key: str, start: int | None = None, end: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes in chunks, or those with start <= offset < end. Raises ObjectMissing.

        A range beyond the end of the object gives what there is.
        """
        ...

    async def read(self, key: str, limit: int = 2**20) -> bytes:
        """A small object whole. Raises ObjectMissing, or WorkError where it has more than `limit` bytes."""
        ...

    async def copy(self, source: str, key: str, *, content_type: str | None = None) -> int:
        """Make `key` another object with the bytes of `source`; no byte leaves the store. Their number is returned.

        Raises ObjectMissing.
        """
        ...

    async def stat(self, key: str) -> ObjectInfo:
        """What is known of the object. Raises ObjectMissing."""
        ...

    async def delete(self, key: str) -> None:
        """Remove the object; one that is not there is no error."""
        ...

    async def delete_prefix(self, prefix: str) -> int:
        """Remove every object whose key begins with `prefix`, which must not be empty; return how many."""
        ...

    def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        """Objects whose key begins with `prefix`, in order of keys."""
        ...

    async def start_multipart(self, key: str, *, content_type: str | None = None) -> str:
        """Begin an object that arrives in parts; return the upload's id."""
        ...

    async def put_part(self, key: str, upload_id: str, number: int, body: bytes) -> Part:
        """Store part `number` of at least MIN_PART_BYTES, unless it is the last; again replaces it."""
        ...

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """Make the object of its parts, in order of numbers. Raises ObjectMissing without such an upload."""
        ...

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Throw the parts away; an upload that is not there is no error."""
        ...

    async def presigned_get(self, key: str, seconds: int, *, filename: str | None = None) -> str:
        """A URL that gives the object, with ranges, for `seconds`; `filename` makes a browser save it so named."""
        ...

    async def presigned_put(self, key: str, seconds: int) -> str:
        """A URL that takes the object by PUT for `seconds`."""
        ...
