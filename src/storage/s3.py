"""The object store on S3: any server that speaks it, with signatures of version 4 and path addressing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aioboto3
from aiobotocore.config import AioConfig
from botocore.exceptions import ClientError

from contracts.errors import Reason, VisageError, WorkError
from contracts.settings import S3Settings
from storage.blocks import BlockReader
from storage.objects import Body, ObjectInfo, ObjectMissing, Part, Stored
from storage.s3_bucket import prepare_bucket
from storage.s3_faults import begins_beyond_end, s3_guard

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

# Larger bodies go in parts of this size: 10,000 of them, S3's limit, are 80 GB.
PART_BYTES = 8 * 2**20
COPY_BYTES = 2**30  # S3 copies at most 5 GB by one request
_PARTS_AT_ONCE = 3
_CHUNK_BYTES = 256 * 2**10
_DELETE_AT_ONCE = 1000

_CONFIG = AioConfig(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    connect_timeout=5,
    read_timeout=60,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=64,
    # Trailing checksums are an invention of AWS that other servers store as part of the body.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@asynccontextmanager
async def open_store(settings: S3Settings) -> AsyncIterator["S3Store"]:
    """The store of `settings`, its bucket made if it is missing. Closes its connections at the end.

    Raises UnavailableError when the server does not answer.
    """
    async with _client(settings) as client:
        await prepare_bucket(client, settings.bucket)
        yield S3Store(client, settings.bucket)


def _client(settings: S3Settings) -> Any:
    if settings.url is None or settings.access_key is None or settings.secret_key is None:
        raise ValueError("VISAGE_S3_URL, VISAGE_S3_ACCESS_KEY and VISAGE_S3_SECRET_KEY must be set")
    return aioboto3.Session().client(
        "s3",
        endpoint_url=settings.url,
        region_name=settings.region,
        aws_access_key_id=settings.access_key.get_secret_value(),
        aws_secret_access_key=settings.secret_key.get_secret_value(),
        config=_CONFIG,
    )


class S3Store:
    """`storage.objects.ObjectStore` in one bucket. Made by `open_store`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    async def put(self, key: str, body: Body, *, content_type: str | None = None) -> Stored:
        """Store bytes, a file or a stream; above PART_BYTES in parts, in about 70 MB of memory whatever the size."""
        reader = BlockReader(body, PART_BYTES)
        async with aclosing(reader.blocks()) as blocks:
            first = await anext(blocks)
            if len(first) < PART_BYTES:
                await self._put_whole(key, first, content_type)
            else:
                await self._put_parts(key, first, blocks, content_type)
        return Stored(key, reader.size, reader.sha256)

    async def _put_whole(self, key: str, body: bytes, content_type: str | None) -> None:
        async with s3_guard(key):
            await self._client.put_object(Bucket=self._bucket, Key=key, Body=body, **_typed(content_type))

    async def _put_parts(
        self, key: str, first: bytes, rest: AsyncIterator[bytes], content_type: str | None
    ) -> None:
        upload_id = await self.start_multipart(key, content_type=content_type)
        try:
            parts = await self._send_parts(key, upload_id, first, rest)
            await self.complete_multipart(key, upload_id, parts)
        except BaseException as error:
            with suppress(VisageError):
                await asyncio.shield(self.abort_multipart(key, upload_id))
            if isinstance(error, BaseExceptionGroup):
                raise error.exceptions[0] from None
            raise

    async def _send_parts(
        self, key: str, upload_id: str, first: bytes, rest: AsyncIterator[bytes]
    ) -> list[Part]:
        room = asyncio.Semaphore(_PARTS_AT_ONCE)

        async def send(number: int, block: bytes) -> Part:
            try:
                return await self.put_part(key, upload_id, number, block)
            finally:
                room.release()

        await room.acquire()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(send(1, first))]
            del first
            while True:
                await room.acquire()
                block = await anext(rest, None)
                if block is None:
                    break
                tasks.append(group.create_task(send(len(tasks) + 1, block)))
        return [task.result() for task in tasks]

    async def get(self, key: str, start: int | None = None, end: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes in chunks of at most 256 kB, or those with start <= offset < end."""
        if end is not None and end <= (start or 0):
            return
        span: dict[str, Any] = {} if start is None and end is None else {"Range": _range(start or 0, end)}
        async with s3_guard(key):
            try:
                answer = await self._client.get_object(Bucket=self._bucket, Key=key, **span)
            except ClientError as error:
                if begins_beyond_end(error):
                    return
                raise
            async with answer["Body"] as body:
                async for chunk in body.content.iter_chunked(_CHUNK_BYTES):
                    yield chunk

    async def read(self, key: str, limit: int = 2**20) -> bytes:
        """A small object whole."""
        content = bytearray()
        async for chunk in self.get(key):
            content += chunk
            if len(content) > limit:
                raise WorkError(Reason.SIZE_LIMIT, f"The object {key} has more than {limit} bytes.", key=key)
        return bytes(content)

    async def copy(self, source: str, key: str, *, content_type: str | None = None) -> int:
        """Copy inside the store: small objects by one request, larger ones in parts of COPY_BYTES."""
        size = (await self.stat(source)).size
        if size > COPY_BYTES:
            await self._copy_parts(source, size, key, content_type)
            return size
        async with s3_guard(source):
            await self._client.copy_object(
                Bucket=self._bucket,
                Key=key,
                CopySource={"Bucket": self._bucket, "Key": source},
                MetadataDirective="REPLACE",
                **_typed(content_type),
            )
        return size

    async def _copy_parts(self, source: str, size: int, key: str, content_type: str | None) -> None:
        upload_id = await self.start_multipart(key, content_type=content_type)
        try:
            parts = [
                await self._copy_part(source, start, min(start + COPY_BYTES, size), key, upload_id)
                for start in range(0, size, COPY_BYTES)
            ]
            await self.complete_multipart(key, upload_id, parts)
        except BaseException:
            with suppress(VisageError):
                await asyncio.shield(self.abort_multipart(key, upload_id))
            raise

    async def _copy_part(self, source: str, start: int, end: int, key: str, upload_id: str) -> Part:
        number = start // COPY_BYTES + 1
        async with s3_guard(source):
            answer = await self._client.upload_part_copy(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                PartNumber=number,
                CopySource={"Bucket": self._bucket, "Key": source},
                CopySourceRange=_range(start, end),
            )
        return Part(number, answer["CopyPartResult"]["ETag"], end - start)

    async def stat(self, key: str) -> ObjectInfo:
        """Size, age, entity tag and type of the object."""
        async with s3_guard(key):
            head = await self._client.head_object(Bucket=self._bucket, Key=key)
        return ObjectInfo(
            key, head["ContentLength"], head["LastModified"], head["ETag"].strip('"'), head.get("ContentType")
        )

    async def delete(self, key: str) -> None:
        """Remove the object, if it is there."""
        async with s3_guard(key):
            await self._client.delete_object(Bucket=self._bucket, Key=key)

    async def delete_prefix(self, prefix: str) -> int:
        """Remove every object whose key begins with `prefix`; return how many."""
        if not prefix:
            raise ValueError("an empty prefix would remove everything")
        count = 0
        keys: list[str] = []
        async for info in self.list(prefix):
            keys.append(info.key)
            if len(keys) == _DELETE_AT_ONCE:
                count += await self._delete_all(prefix, keys)
                keys = []
        return count + await self._delete_all(prefix, keys)

    async def _delete_all(self, prefix: str, keys: Sequence[str]) -> int:
        if keys:
            async with s3_guard(prefix):
                await self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
                )
        return len(keys)

    async def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        """Objects whose key begins with `prefix`, in order of keys."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        async with s3_guard(prefix):
            async for page in pages:
                for item in page.get("Contents", []):
                    yield ObjectInfo(item["Key"], item["Size"], item["LastModified"], item["ETag"].strip('"'))

    async def start_multipart(self, key: str, *, content_type: str | None = None) -> str:
        """Begin an object that arrives in parts; return the upload's id."""
        async with s3_guard(key):
            answer = await self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, **_typed(content_type)
            )
        return answer["UploadId"]

    async def put_part(self, key: str, upload_id: str, number: int, body: bytes) -> Part:
        """Store a part; parts are numbered from 1."""
        async with s3_guard(key):
            answer = await self._client.upload_part(
                Bucket=self._bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=body
            )
        return Part(number, answer["ETag"], len(body))

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """Make the object of its parts."""
        made = [
            {"PartNumber": part.number, "ETag": part.etag}
            for part in sorted(parts, key=lambda part: part.number)
        ]
        async with s3_guard(key):
            await self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                MultipartUpload={"Parts": made},  # type: ignore[typeddict-item]
            )

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Throw the parts away, if they are there."""
        try:
            async with s3_guard(key):
                await self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)
        except ObjectMissing:
            return

    async def presigned_get(self, key: str, seconds: int, *, filename: str | None = None) -> str:
        """A URL that gives the object for `seconds`."""
        named = {} if filename is None else {"ResponseContentDisposition": _attachment(filename)}
        return await self._presigned("get_object", key, seconds, named)

    async def presigned_put(self, key: str, seconds: int) -> str:
        """A URL that takes the object by PUT for `seconds`."""
        return await self._presigned("put_object", key, seconds, {})

    async def _presigned(self, method: str, key: str, seconds: int, extra: dict[str, str]) -> str:
        params = {"Bucket": self._bucket, "Key": key, **extra}
        return await self._client.generate_presigned_url(method, Params=params, ExpiresIn=seconds)


def _range(start: int, end: int | None) -> str:
    return f"bytes={start}-" if end is None else f"bytes={start}-{end - 1}"


def _typed(content_type: str | None) -> dict[str, Any]:
    return {} if content_type is None else {"ContentType": content_type}


def _attachment(filename: str) -> str:
    """A Content-Disposition that every browser understands (RFC 6266)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
