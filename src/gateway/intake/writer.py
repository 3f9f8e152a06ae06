"""Bytes on their way into an object, in parts, resumable at any byte.

Whole parts go to a multipart upload; what is left at the end of a request, too short for a part, is kept as
an object of its own until more comes. The row's `offset` counts what is stored for good, and is written after
it.
"""

from typing import Any

from contracts.errors import LimitError, Reason
from contracts.states import UploadState
from storage import keys, library
from storage.models import Upload
from storage.objects import ObjectMissing, ObjectStore, Part

PART_BYTES = 8 * 2**20
# S3 takes 10,000 parts; a quarter of that keeps the list of parts in the row short.
MOST_PARTS = 2500


def part_size(size: int) -> int:
    """Bytes of each part of a file of `size` bytes: 8 MiB up to 20 GB, then what keeps to MOST_PARTS."""
    return max(PART_BYTES, -(-size // MOST_PARTS))


class PartWriter:
    """Adds to one upload that is held by its `lock`. At most one part is in memory."""

    def __init__(self, store: ObjectStore, upload: Upload) -> None:
        assert upload.lock is not None, "an upload must be held to be written"
        self._store, self._upload, self._lock = store, upload, upload.lock
        self._buffer = bytearray()
        self._record: dict[str, Any] = dict(upload.multipart or {"id": None, "parts": [], "tail": None})
        self._part_size = part_size(upload.size)

    @property
    def received(self) -> int:
        """Offset after everything that was taken so far, stored or not."""
        return self._stored_in_parts + len(self._buffer)

    @property
    def _stored_in_parts(self) -> int:
        return sum(size for _, size in self._record["parts"])

    async def open(self) -> None:
        """Take up the tail of the request before."""
        if tail := self._record["tail"]:
            self._buffer += await self._store.read(tail["key"], self._part_size)
            del self._buffer[tail["size"] :]

    async def write(self, chunk: bytes) -> None:
        """Add a chunk; every part that is full is stored.

        Raises:
            LimitError: SIZE_LIMIT where more comes than was announced; nothing of the chunk is kept.
        """
        if self.received + len(chunk) > self._upload.size:
            raise LimitError(
                Reason.SIZE_LIMIT,
                f"More bytes came than the {self._upload.size} that were announced.",
                limit=self._upload.size,
                value=self.received + len(chunk),
            )
        rest = memoryview(chunk)
        while rest:
            room = self._part_size - len(self._buffer)
            self._buffer += rest[:room]
            rest = rest[room:]
            if len(self._buffer) == self._part_size:
                await self._store_part()

    async def settle(self) -> None:
        """Store what is left, as the last part if it is the end of the file, else as the tail."""
        if self.received == self._upload.size:
            await self._finish()
        elif self.received > self._upload.offset:
            await self._store_tail()

    async def _store_part(self) -> None:
        if self._record["id"] is None:
            self._record["id"] = await self._store.start_multipart(self._upload.key)
            await self._save()
        number = len(self._record["parts"]) + 1
        part = await self._store.put_part(self._upload.key, self._record["id"], number, self._take())
        self._record["parts"].append([part.etag, part.size])
        self._record["tail"] = None
        await self._save(offset=self._stored_in_parts)

    def _take(self) -> bytes:
        taken = bytes(self._buffer)
        self._buffer = bytearray()
        return taken

    async def _store_tail(self) -> None:
        # A name of this hold's own: one who lost it cannot overwrite the tail of one who has it.
        key = f"{keys.upload_tail(self._upload.id)}-{self._lock}"
        before = self._record["tail"]
        await self._store.put(key, bytes(self._buffer))
        self._record["tail"] = {"key": key, "size": len(self._buffer)}
        await self._save(offset=self.received)
        if before:
            await self._store.delete(before["key"])

    async def _finish(self) -> None:
        offset = self.received
        if self._record["id"] is None:
            await self._store.put(self._upload.key, self._take())
        elif self._buffer:
            await self._store_part()
        await self._save(offset=offset, state=UploadState.PROBING)

    async def _save(self, **columns: Any) -> None:
        await library.save_upload(self._upload.id, self._lock, multipart=self._record, **columns)
        self._upload.update_from_dict({**columns, "multipart": self._record})


async def assemble(store: ObjectStore, upload: Upload) -> None:
    """Make the object of its parts and remove what is left of tails; again does no harm."""
    record = upload.multipart or {}
    if record.get("id"):
        parts = [Part(number, etag, size) for number, (etag, size) in enumerate(record["parts"], 1)]
        await _complete_once(store, upload, record["id"], parts)
    await store.delete_prefix(keys.upload_tail(upload.id))


async def _complete_once(store: ObjectStore, upload: Upload, multipart_id: str, parts: list[Part]) -> None:
    try:
        complete = (await store.stat(upload.key)).size == upload.size
    except ObjectMissing:
        complete = False
    if not complete:
        await store.complete_multipart(upload.key, multipart_id, parts)


async def remove_bytes(store: ObjectStore, upload: Upload) -> None:
    """Remove everything stored of an upload; what is gone already is no error."""
    if upload.multipart and upload.multipart.get("id"):
        await store.abort_multipart(upload.key, upload.multipart["id"])
    await store.delete_prefix(keys.upload_prefix(upload.id))
