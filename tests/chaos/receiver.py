"""The customers' systems: one address each, out of order now and then."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True)
class Heard:
    """An event that was accepted: the webhook's id, its type, the job's id."""

    event_id: str
    kind: str
    job_id: str


@dataclass
class Receiver:
    """Takes what is sent to `/hook/<customer>`, refuses some of it, and remembers the rest.

    Attributes:
        secrets: By customer.
        heard: What was accepted, by customer, in order; an event may come twice.
        forged: Requests whose signature is wrong.
    """

    dice: random.Random
    refused_share: float = 0.15
    url: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    heard: dict[str, list[Heard]] = field(default_factory=lambda: defaultdict(list))
    forged: int = 0

    def address(self, customer: str) -> str:
        """Where the customer is told."""
        return f"{self.url}/hook/{customer}"

    async def receive(self, request: web.Request) -> web.Response:
        """Take one request."""
        customer, body = request.match_info["customer"], await request.read()
        if self.dice.random() < self.refused_share:
            return web.Response(status=500, text="come back later")
        try:
            event: Any = Webhook(self.secrets[customer]).verify(body, dict(request.headers))
        except WebhookVerificationError:
            self.forged += 1
            return web.Response(status=400)
        told = Heard(request.headers["webhook-id"], event["type"], event["data"]["job"]["id"])
        self.heard[customer].append(told)
        return web.Response(status=204)


@asynccontextmanager
async def receiving(dice: random.Random) -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver(dice)
    app = web.Application()
    app.router.add_post("/hook/{customer}", receiver.receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield receiver
    finally:
        await runner.cleanup()
