"""Accounts on a running service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from gateway.services import keys
from gateway.services.accounts import register
from storage import database
from visage.client import Client
from visage.stack import Stack


@dataclass(frozen=True)
class Customer:
    """A user who calls the API."""

    id: str
    email: str
    client: Client

    async def submit(self, material: tuple[Path, Path], engine: str, count: int = 1) -> list[str]:
        """Start `count` jobs of the same video and face; their ids."""
        upload = await self.client.upload(material[0], "target")
        face = await self.client.upload(material[1], "face")
        made = [await self.client.create_job(upload["id"], [face["face_id"]], engine) for _ in range(count)]
        return [job["id"] for job in made]


@asynccontextmanager
async def customer(stack: Stack, tier: str, email: str | None = None) -> AsyncIterator[Customer]:
    """A new user of a tier."""
    await database.connect(stack.settings.database)
    try:
        user = await register(email or f"{uuid4().hex[:12]}@example.com", None, tier)
        _, key = await keys.create_key(user, "tests")
    finally:
        await database.close()
    async with Client(stack.url, key) as client:
        yield Customer(str(user.id), user.email, client)


async def promote(operator: Client, email: str) -> None:
    """Make an account an admin."""
    found = await operator.get("/admin/users", search=email)
    await operator.post(f"/admin/users/{found['items'][0]['id']}/promote")
