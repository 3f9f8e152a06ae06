"""A client of the public API: what the command line and the acceptance tests speak.

async with Client(url, key) as client:
    upload = await client.upload(path, "target")
    job = await client.create_job(upload["id"], [face["face_id"]])
    async for progress in client.watch(job["id"]): ...
    await client.download(job["id"], out)
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

import aiohttp
from yarl import URL

from contracts.errors import Failure, Reason, RequestError, UnavailableError, error_of
from contracts.states import CastState, JobState, UploadState

CHUNK_BYTES = 16 * 2**20  # of one PATCH: at most this much is sent again after a broken connection
RETRIES = 30
RETRY_SECONDS = 1.0

T = TypeVar("T")
Json = dict[str, Any]
Advance = Callable[[int], None]


class Client:
    """One user's view of a running service.

    Calls raise `RequestError` (or the family the failure belongs to) with the service's reason, and
    `UnavailableError` where the service does not answer.
    """

    def __init__(self, url: str, key: str, *, retries: int = RETRIES) -> None:
        """`retries` a second apart while the service is away."""
        self.url = url.rstrip("/")
        self._retries = retries
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {key}"},
            timeout=aiohttp.ClientTimeout(total=None, connect=10, sock_read=60),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, **query: str) -> Json:
        """GET `path` below /api/v1."""
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: Json | None = None, *, key: str | None = None) -> Json:
        """POST `body` to `path` below /api/v1, once however often the connection breaks.

        `key` is the Idempotency-Key, for a caller who may ask again after a restart of its own.
        """
        headers = {"Idempotency-Key": key or uuid4().hex}
        return await self._call("POST", path, json=body or {}, headers=headers)

    async def change(self, method: str, path: str, body: Json | None = None) -> Json:
        """PUT, PATCH or DELETE at `path` below /api/v1; doing it twice comes to the same."""
        return await self._call(method, path, json=body or {})

    async def upload(
        self, path: Path, purpose: str, advance: Advance = lambda count: None, *, into: str | None = None
    ) -> Json:
        """Upload a file by tus and wait until it was looked at; `advance` is told the bytes sent.

        A photo of a face is added `into` the face of that id, where one is given.

        Raises:
            MediaError, FaceError, LimitError: the service refused the file.
            RequestError: UPLOAD_NOT_READY where it was thrown away meanwhile.
        """
        location = await self._insist(lambda: self._create_upload(path, purpose, into))
        await self._send(location, path, advance)
        return await self._settled(location.rsplit("/", 1)[1])

    async def create_job(
        self,
        upload_id: str,
        face_ids: list[str],
        engine: str | None = None,
        persons: Mapping[str, str] | None = None,
    ) -> Json:
        """Start a job: with the one face of `face_ids` for everybody, or with the face of each of some `persons`."""
        body: Json = {"upload_id": upload_id}
        body |= {"persons": dict(persons)} if persons else {"face_ids": face_ids}
        return await self.post("/jobs", body | ({"engine": engine} if engine else {}))

    async def find_persons(self, upload_id: str) -> list[Json]:
        """Have the people of an upload found, and wait for it.

        Raises:
            MediaError: the upload could not be searched.
        """
        path = f"/uploads/{upload_id}/persons"
        cast = await self.post(path)
        while cast["state"] == CastState.SEARCHING:
            await asyncio.sleep(0.2)
            cast = await self.get(path)
        if cast["failure"]:
            raise error_of(Failure.model_validate(cast["failure"]), "MediaError")
        persons: list[Json] = cast["persons"]
        return persons

    async def save(self, path: str, target: Path) -> None:
        """Store what is at `path` below /api/v1 in `target`."""
        await self._insist(lambda: self._fetch(path, target))

    async def watch(self, job_id: str) -> AsyncIterator[Json]:
        """Progress of a job as it comes, until it ended; follows again when the connection breaks."""
        while True:
            try:
                async for progress in self._events(job_id):
                    yield progress
                    if JobState(progress["state"]).final:
                        return
            except _BROKEN:
                await asyncio.sleep(RETRY_SECONDS)

    async def wait(self, job_id: str) -> Json:
        """The job, once it ended."""
        async for _ in self.watch(job_id):
            pass
        return await self.get(f"/jobs/{job_id}")

    async def download(self, job_id: str, target: Path) -> None:
        """Store a job's result in `target`; nothing is left there when it fails."""
        partial = target.with_name(target.name + ".partial")
        try:
            await self._insist(lambda: self._fetch(f"/jobs/{job_id}/result", partial))
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    async def _fetch(self, path: str, target: Path) -> None:
        async with self._session.get(self._address(path)) as answer:
            await _raise_for(answer)
            with target.open("wb") as file:
                async for chunk in answer.content.iter_chunked(2**20):
                    file.write(chunk)

    def _address(self, path: str) -> str:
        return f"{self.url}/api/v1{path}"

    async def _call(self, method: str, path: str, **options: Any) -> Json:
        """One request, repeated while the service is away."""
        return await self._insist(lambda: self._call_once(method, path, **options))

    async def _call_once(self, method: str, path: str, **options: Any) -> Json:
        async with self._session.request(method, self._address(path), **options) as answer:
            await _raise_for(answer)
            return await answer.json() if answer.status != 204 else {}

    async def _insist(self, step: Callable[[], Awaitable[T]]) -> T:
        """What `step` comes to, tried again while the service is away: its restarts are not the caller's concern."""
        for _ in range(self._retries):
            try:
                return await step()
            except _BROKEN:
                await asyncio.sleep(RETRY_SECONDS)
        raise UnavailableError(f"service at {self.url}")

    async def _create_upload(self, path: Path, purpose: str, into: str | None) -> str:
        fields = {"filename": path.name, "purpose": purpose} | ({"face": into} if into else {})
        metadata = ",".join(
            f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in fields.items()
        )
        headers = {"Upload-Length": str(path.stat().st_size), "Upload-Metadata": metadata, **TUS}
        async with self._session.post(self._address("/uploads"), headers=headers) as answer:
            await _raise_for(answer)
            return str(answer.headers["Location"])

    async def _send(self, location: str, path: Path, advance: Advance) -> None:
        address = URL(self.url + "/").join(URL(location))
        size, offset, failures = path.stat().st_size, 0, 0
        with path.open("rb") as file:
            while offset < size:
                file.seek(offset)
                try:
                    reached = await self._patch(address, offset, file.read(CHUNK_BYTES))
                    failures = 0
                except _BROKEN:
                    failures += 1
                    if failures == self._retries:
                        raise UnavailableError(f"service at {self.url}") from None
                    await asyncio.sleep(RETRY_SECONDS)
                    reached = await self._offset(address, offset)
                advance(reached - offset)
                offset = reached

    async def _patch(self, address: URL, offset: int, chunk: bytes) -> int:
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **TUS}
        async with self._session.patch(address, data=BytesIO(chunk), headers=headers) as answer:
            await _raise_for(answer)
            return int(answer.headers["Upload-Offset"])

    async def _offset(self, address: URL, known: int) -> int:
        try:
            async with self._session.head(address, headers=TUS) as answer:
                return int(answer.headers.get("Upload-Offset", known))
        except aiohttp.ClientError:
            return known

    async def _settled(self, upload_id: str) -> Json:
        """Wait until the service looked at the upload; raise its refusal."""
        while True:
            upload = await self.get(f"/uploads/{upload_id}")
            state = UploadState(upload["state"])
            if state is UploadState.READY:
                return upload
            if state is UploadState.REFUSED:
                raise error_of(Failure.model_validate(upload["failure"]), "MediaError")
            if state is UploadState.EXPIRED:
                message = "The upload was removed before it could be used. Upload the file again."
                raise RequestError(Reason.UPLOAD_NOT_READY, message, state=state)
            await asyncio.sleep(0.1)

    async def _events(self, job_id: str) -> AsyncIterator[Json]:
        async with self._session.get(self._address(f"/jobs/{job_id}/events")) as answer:
            await _raise_for(answer)
            async for line in answer.content:
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])


TUS = {"Tus-Resumable": "1.0.0"}

_BROKEN = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError, UnavailableError)
# The same request may succeed a moment later; an upload stays locked (423) for a while after its gateway died.
_PASSING = (408, 423, 502, 503, 504)


async def _raise_for(answer: aiohttp.ClientResponse) -> None:
    """Raise the failure a problem+json answer tells of."""
    if answer.status < 400:
        return
    problem = await answer.json(content_type=None) if "json" in answer.content_type else {}
    if answer.status in _PASSING:
        raise UnavailableError("service")
    reason = problem.get("reason") or str(problem.get("type", "")).rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    known = Reason(reason) if reason in set(Reason) else Reason.INVALID
    raise RequestError(
        known, problem.get("detail") or f"The service answered {answer.status}.", status=answer.status
    )
