"""Who uses the service meanwhile: users of several tiers with caps, each with a webhook."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from contracts.tiers import DEFAULT_TIERS
from gateway.services import keys
from storage import accounts
from storage.models import Tier, User
from tests.chaos.material import Film
from tests.chaos.receiver import Receiver
from visage.client import Client
from visage.stack import Stack

# Caps without burst: what they forbid must never happen.
TIERS = {"small": (1.0, 2), "middle": (2.0, 3), "large": (4.0, 5)}
WHO = {"ann": "small", "bob": "small", "cid": "middle", "dee": "middle", "eve": "large", "fay": "large"}
OWN_CAPS = {"dee": 1}
_RETRIES = 180  # a second apart: where every second somebody dies, the gateway is away for long at times


@dataclass
class Customer:
    """A user of the service.

    Attributes:
        cap: Segments of theirs that may be in flight.
        face_id: The face in their library.
        secret: Of their webhook.
    """

    name: str
    user_id: UUID
    cap: int
    client: Client
    face_id: str = ""
    secret: str = ""
    _uploads: dict[Path, asyncio.Task[str]] = field(default_factory=dict)

    async def move_in(self, face: Path, hook: str) -> None:
        """Upload the face and register the webhook."""
        self.face_id = (await self.client.upload(face, "face"))["face_id"]
        self.secret = (await self.client.post("/webhooks", {"url": hook}))["secret"]

    async def upload(self, film: Film) -> str:
        """Upload a film anew; its id."""
        return str((await self.client.upload(film.path, "target"))["id"])

    async def uploaded(self, film: Film) -> str:
        """Upload a film, once however often this is called; its id."""
        if film.path not in self._uploads:
            self._uploads[film.path] = asyncio.create_task(self.upload(film))
        return await asyncio.shield(self._uploads[film.path])


@asynccontextmanager
async def customers(stack: Stack, face: Path, receiver: Receiver) -> AsyncIterator[list[Customer]]:
    """The customers, moved in. Needs a connection to the database."""
    await _add_tiers()
    async with AsyncExitStack() as opened:
        everyone = []
        for name, tier in WHO.items():
            customer = await _sign_up(name, tier, stack.url)
            await opened.enter_async_context(customer.client)
            everyone.append(customer)
        await asyncio.gather(*(one.move_in(face, receiver.address(one.name)) for one in everyone))
        receiver.secrets = {one.name: one.secret for one in everyone}
        yield everyone


async def _add_tiers() -> None:
    base = DEFAULT_TIERS[-1].model_dump()
    for name, (weight, cap) in TIERS.items():
        await Tier.create(
            **{**base, "name": name, "title": name, "weight": weight, "max_in_flight": cap, "burst": False}
        )


async def _sign_up(name: str, tier: str, url: str) -> Customer:
    user = await accounts.create_user(f"{name}@example.org", None, tier)
    if name in OWN_CAPS:
        await User.filter(id=user.id).update(max_in_flight=OWN_CAPS[name])
    _, text = await keys.create_key(user, "chaos")
    return Customer(name, user.id, OWN_CAPS.get(name, TIERS[tier][1]), Client(url, text, retries=_RETRIES))
