"""What a customer does, each errand with the end that it must come to."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from contracts.errors import Reason, RequestError, UnavailableError
from contracts.states import JobState
from storage import keys
from storage.objects import ObjectStore
from tests.chaos.customers import Customer
from tests.chaos.material import Film, Material

_STORE_SECONDS = 60.0
_ENGINE_SECONDS = 60.0


@dataclass
class Errand:
    """One job from submission to its end, as its customer sees it.

    Attributes:
        kind: What it is about; a key of `KINDS`.
        film: What was uploaded for it.
        engine: None for the service's own.
        endings: The ends it must come to, in order: a retried job ends twice.
        job_id: Once it is submitted.
        seen: The state at its end.
    """

    kind: str
    customer: Customer
    film: Film
    engine: str | None = None
    endings: tuple[JobState, ...] = (JobState.DONE,)
    job_id: str = ""
    seen: JobState | None = None
    problem: str = ""
    sent: list[str] = field(default_factory=list)

    async def submit(self, upload_id: str, key: str | None = None) -> str:
        """Start the job; its id."""
        body: dict[str, object] = {"upload_id": upload_id, "face_ids": [self.customer.face_id]}
        body |= {"engine": self.engine} if self.engine else {}
        self.job_id = str((await self._accepted(body, key or uuid4().hex))["id"])
        self.sent.append(self.job_id)
        return self.job_id

    async def _accepted(self, body: dict[str, object], key: str) -> dict[str, Any]:
        """The accepted job. An engine for tests is refused while no agent is known, as after the broker's death."""
        async with asyncio.timeout(_ENGINE_SECONDS):
            while True:
                try:
                    return await self.customer.client.post("/jobs", body, key=key)
                except RequestError as error:
                    if error.reason is not Reason.ENGINE_MISSING:
                        raise
                await asyncio.sleep(0.3)

    async def wait(self) -> JobState:
        """The state in which the job ends."""
        self.seen = JobState((await self.customer.client.wait(self.job_id))["state"])
        return self.seen


@dataclass
class Errands:
    """How each kind is done."""

    material: Material
    store: ObjectStore
    dice: random.Random

    def make(self, kind: str, customer: Customer) -> Errand:
        """An errand of a kind, not yet done."""
        film = {"picture": self.material.picture, "poisoned": self.material.damaged}.get(kind)
        engine = None
        if kind in ("timed", "doubled", "cancelled"):
            film = self.material.long if kind == "cancelled" else self._timed_film()
            least = self.dice.choice([0.0, 0.05, 0.2])
            span = (1, 12) if kind == "cancelled" else (least, least + self.dice.choice([0.0, 0.3]))
            engine = f"timed:{span[0]:g}-{span[1]:g}"
        return Errand(kind, customer, film or self.material.talk, engine, endings=KINDS[kind])

    async def run(self, errand: Errand) -> None:
        """Do it to its end; what went wrong on the way is kept in `problem`."""
        steps: dict[str, Callable[[Errand], Awaitable[None]]] = {
            "cancelled": self._cancel,
            "mended": self._mend,
            "doubled": self._double,
        }
        try:
            await steps.get(errand.kind, self._plain)(errand)
        except Exception as error:
            errand.problem = f"{type(error).__name__}: {error}"

    def _timed_film(self) -> Film:
        return self.dice.choice([self.material.short, self.material.long])

    async def _plain(self, errand: Errand) -> None:
        fresh = self.dice.random() < 0.3
        customer = errand.customer
        upload = await (customer.upload(errand.film) if fresh else customer.uploaded(errand.film))
        await errand.submit(upload)
        await errand.wait()

    async def _double(self, errand: Errand) -> None:
        """The same request twice at once, and again later: one job."""
        upload, key = await errand.customer.uploaded(errand.film), uuid4().hex
        await asyncio.gather(errand.submit(upload, key), errand.submit(upload, key))
        await errand.submit(upload, key)
        await errand.wait()

    async def _cancel(self, errand: Errand) -> None:
        """Stopped at once, or when some of it is done."""
        enough = self.dice.choice([None, 0, 1])
        await errand.submit(await errand.customer.uploaded(errand.film))
        client = errand.customer.client
        if enough is not None:
            async for progress in client.watch(errand.job_id):
                if progress["state"] != "queued" and progress["segments_done"] >= enough:
                    break
        await client.post(f"/jobs/{errand.job_id}/cancel")
        await errand.wait()

    async def _mend(self, errand: Errand) -> None:
        """Its film is damaged where it lies, so that the job fails; then it is mended, and tried again."""
        upload = await errand.customer.upload(self.material.talk)
        await self._overwrite(upload, self.material.damaged)
        await errand.submit(upload)
        if await errand.wait() is not JobState.FAILED:
            return
        await self._overwrite(upload, self.material.talk)
        client = errand.customer.client
        await client.post(f"/jobs/{errand.job_id}/retry")
        while (await client.get(f"/jobs/{errand.job_id}"))["state"] == JobState.FAILED:
            await asyncio.sleep(0.1)
        await errand.wait()

    async def _overwrite(self, upload_id: str, film: Film) -> None:
        async with asyncio.timeout(_STORE_SECONDS):
            while True:
                try:
                    await self.store.put(keys.upload_source(UUID(upload_id)), film.path)
                    return
                except UnavailableError:
                    await asyncio.sleep(0.2)


# Kinds with the ends they come to.
KINDS: dict[str, tuple[JobState, ...]] = {
    "swap": (JobState.DONE,),
    "picture": (JobState.DONE,),
    "timed": (JobState.DONE,),
    "doubled": (JobState.DONE,),
    "cancelled": (JobState.CANCELLED,),
    "poisoned": (JobState.FAILED,),
    "mended": (JobState.FAILED, JobState.DONE),
}
