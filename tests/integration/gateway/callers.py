"""Users who call the API."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from argon2 import PasswordHasher

from contracts.states import UploadState
from gateway.context import Gateway
from gateway.principal import Principal
from gateway.services.accounts import register
from gateway.services.keys import create_key
from storage import accounts
from storage.models import User
from tests.waiting import PATIENCE

MEDIA = Path(__file__).parents[3].parent / "shared" / "media"
PASSWORD = "correct horse battery"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


@dataclass(frozen=True)
class Served:
    """A gateway and where it is served."""

    url: str
    gateway: Gateway


@dataclass(frozen=True)
class Caller:
    """A user with an API key."""

    user: User
    session: aiohttp.ClientSession
    url: str

    def at(self, path: str) -> str:
        return f"{self.url}/api/v1{path}"

    async def principal(self) -> Principal:
        return Principal(self.user, await accounts.policy_of(self.user))

    async def call(self, method: str, path: str, expect: int = 200, **options: Any) -> Any:
        """The JSON answer, which must have the status that is expected."""
        async with self.session.request(method, self.at(path), **options) as answer:
            body = await answer.json(content_type=None) if answer.status != 204 else None
            assert answer.status == expect, body
            return body

    async def create_upload(self, size: int, expect: int = 201, **metadata: str) -> str:
        """Begin an upload; its path below /api/v1."""
        pairs = ",".join(
            f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in metadata.items()
        )
        headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": pairs}
        async with self.session.post(self.at("/uploads"), headers=headers) as answer:
            assert answer.status == expect, await answer.text()
            return answer.headers["Location"].removeprefix("/api/v1")

    async def patch(self, path: str, offset: int, body: Any, expect: int = 204) -> aiohttp.ClientResponse:
        headers = {**BYTES, "Upload-Offset": str(offset)}
        # Large bytes as they are make the client warn.
        body = io.BytesIO(body) if isinstance(body, bytes) else body
        async with self.session.patch(self.at(path), data=body, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == expect, text
            return answer

    async def offset(self, path: str) -> int:
        async with self.session.head(self.at(path), headers=TUS) as answer:
            assert answer.status == 200
            return int(answer.headers["Upload-Offset"])

    async def upload(self, content: bytes, **metadata: str) -> Any:
        """Upload in one piece and wait until it was looked at."""
        path = await self.create_upload(len(content), **metadata)
        await self.patch(path, 0, content)
        return await self.settled(path)

    async def settled(self, path: str) -> Any:
        """The upload once it is ready or refused."""
        async with asyncio.timeout(PATIENCE):
            while True:
                upload = await self.call("GET", path)
                if upload["state"] not in (UploadState.OPEN, UploadState.PROBING):
                    return upload
                await asyncio.sleep(0.05)

    async def add_face(self, photo: bytes, expect: int = 201) -> Any:
        form = aiohttp.FormData()
        form.add_field("photo", io.BytesIO(photo), filename="Grace.jpg", content_type="image/jpeg")
        return await self.call("POST", "/faces", expect, data=form)


@cache
def _hashed() -> str:
    """PASSWORD's hash, made once: it takes a sixth of a second."""
    return PasswordHasher().hash(PASSWORD)


@asynccontextmanager
async def make_caller(served: Served) -> AsyncIterator[Caller]:
    """A new user of the free tier, who has the password PASSWORD too."""
    user = await register(f"{uuid4()}@example.com", None, "free")
    await accounts.set_password_hash(user.id, _hashed())
    _, key = await create_key(user, "tests")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as session:
        yield Caller(user, session, served.url)


def id_of(path: str) -> UUID:
    """The id at the end of a path."""
    return UUID(path.rsplit("/", 1)[1])
