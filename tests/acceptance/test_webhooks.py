"""A customer's system is told of a finished job: signed, once, also after it was away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from tests.waiting import PATIENCE
from visage.client import Client


@dataclass
class Receiver:
    """A customer's system that refuses the first deliveries it gets."""

    refuse: int
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    accepted: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.headers.append({name.lower(): text for name, text in request.headers.items()})
        if len(self.bodies) <= self.refuse:
            return web.Response(status=500, text="come back later")
        self.accepted.set()
        return web.Response(status=204)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver(refuse=2)
    app = web.Application()
    app.router.add_post("/hook", receiver.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_the_third_try_is_accepted_and_the_last(
    client: Client, receiver: Receiver, material: tuple[Path, Path]
) -> None:
    video, face = material
    endpoint = await client.post("/webhooks", {"url": receiver.url, "events": ["job.done"]})
    photo, target = await client.upload(face, "face"), await client.upload(video, "target")

    job = await client.create_job(target["id"], [photo["face_id"]])
    await client.wait(job["id"])
    await asyncio.wait_for(receiver.accepted.wait(), PATIENCE)

    event = Webhook(endpoint["secret"]).verify(receiver.bodies[-1], receiver.headers[-1])
    assert event["type"] == "job.done"
    assert event["data"]["job"]["id"] == job["id"]
    assert len({headers["webhook-id"] for headers in receiver.headers}) == 1
    delivery = await delivered(client, endpoint["id"])
    assert [entry["status"] for entry in delivery["tries"]] == [500, 500, 204]
    assert len(receiver.bodies) == 3


async def delivered(client: Client, endpoint_id: str) -> dict:
    """The endpoint's only delivery, once its log says that it was accepted."""
    async with asyncio.timeout(PATIENCE):
        while True:
            deliveries = (await client.get(f"/webhooks/{endpoint_id}/deliveries"))["items"]
            if deliveries and deliveries[0]["state"] == "delivered":
                assert len(deliveries) == 1
                return deliveries[0]
            await asyncio.sleep(0.02)
