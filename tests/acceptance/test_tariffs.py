"""Tariffs, pauses and the queue on the running service, by the API, with agents that only spend time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from storage import database
from storage.models import Attempt
from tests.acceptance.commands import visage
from tests.acceptance.people import Customer, customer
from tests.waiting import PATIENCE
from visage.client import Client
from visage.stack import Stack


async def seen(operator: Client, who: Customer) -> dict[str, Any]:
    """A user's row of the queue; empty while he has no work."""
    queue = await operator.get("/admin/queue")
    assert queue["leader"] is not None
    return next((row for row in queue["users"] if row["user_id"] == who.id), {})


async def until(operator: Client, who: Customer, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The user's row of the queue once it is as wanted."""
    async with asyncio.timeout(PATIENCE):
        while not holds(row := await seen(operator, who)):
            await asyncio.sleep(0.05)
    return row


async def in_order_of_release(stack: Stack, *whose: Customer) -> list[str]:
    """Whose segments were released, by their rows."""
    await database.connect(stack.settings.database)
    try:
        rows = Attempt.filter(job__user_id__in=[who.id for who in whose]).order_by("released_at")
        return [str(user) for user in await rows.values_list("job__user_id", flat=True)]
    finally:
        await database.close()


@asynccontextmanager
async def paused(operator: Client, scope: str) -> AsyncIterator[None]:
    """Maintenance of a tier."""
    await operator.change("PUT", f"/admin/pauses/{scope}", {"note": "New disks."})
    try:
        yield
    finally:
        await operator.change("DELETE", f"/admin/pauses/{scope}")


async def test_a_pause_a_weight_and_a_cancel_reach_the_leader_at_once(
    service: Stack, client: Client, material: tuple[Path, Path]
) -> None:
    async with AsyncExitStack() as opened:
        ann = await opened.enter_async_context(customer(service, "business"))
        ben = await opened.enter_async_context(customer(service, "business"))
        async with paused(client, "business"):
            jobs = await ann.submit(material, "timed:0.5", 8)
            await ben.submit(material, "timed:0.5", 8)
            row = await until(client, ann, lambda row: row.get("jobs") == 8)
            row = await until(client, ben, lambda row: row.get("jobs") == 8)
            assert (row["in_flight"], row["cap"], row["served"]) == (0, 0, 0.0)
            all_of_it = row["waiting"]
            told = await ann.client.get(f"/jobs/{jobs[0]}")
            assert (told["maintenance"]["note"], told["progress"]["paused"]) == ("New disks.", True)
            await client.change("PATCH", f"/admin/users/{ann.id}", {"weight": 100})
            await client.change("PATCH", f"/admin/users/{ben.id}", {"weight": 10})
            await until(client, ann, lambda row: row["weight"] == 100)
        # Ten times the weight: while Ann gets half of hers done, Ben gets one or two segments.
        await until(client, ann, lambda row: not row or row["waiting"] <= all_of_it // 2)
        first = (await in_order_of_release(service, ann, ben))[: all_of_it // 2]
        assert first.count(ann.id) >= all_of_it // 2 - 2

        assert (await client.post(f"/admin/users/{ann.id}/cancel-jobs"))["jobs"] >= 1
        await client.post(f"/admin/users/{ben.id}/cancel-jobs")
        assert (await ann.client.wait(jobs[-1]))["state"] == "cancelled"
        deeds = await client.get("/admin/audit", limit="2")
        assert [deed["action"] for deed in deeds["items"]] == ["admin.user.cancel-jobs"] * 2


async def test_a_users_own_cap_and_burst_hold_at_once(
    service: Stack, client: Client, material: tuple[Path, Path]
) -> None:
    async with customer(service, "pro") as ann:
        terms = {"max_in_flight": 1, "burst": False}
        await client.change("PATCH", f"/admin/users/{ann.id}", terms)
        await ann.submit(material, "timed:2", 8)
        row = await until(client, ann, lambda row: row.get("in_flight") == 1 and row["jobs"] > 4)
        assert (row["cap"], row["burst"]) == (1, False)
        await client.change("PATCH", f"/admin/users/{ann.id}", {"burst": True})
        await until(client, ann, lambda row: row["in_flight"] == 2)
        await client.change("PATCH", f"/admin/users/{ann.id}", {"burst": False})
        await until(client, ann, lambda row: row["in_flight"] == 1)
        await client.change("PATCH", f"/admin/users/{ann.id}", {"max_in_flight": None})
        await until(client, ann, lambda row: (row["in_flight"], row["cap"]) == (2, 4))
        await client.post(f"/admin/users/{ann.id}/cancel-jobs")
        await until(client, ann, lambda row: not row)


async def test_the_command_line_administers_the_service(service: Stack, client: Client) -> None:
    async with customer(service, "free") as ann:
        try:
            promoted, tier, refused = await asyncio.gather(
                visage(service, "user", "promote", ann.email, "--json"),
                visage(service, "tier", "set", "free", "--weight", "1.5", "--json"),
                visage(service, "tier", "set", "nowhere", "--weight", "1", "--json", status=1),
            )
            assert (promoted["is_admin"], tier["weight"], refused["reason"]) == (True, 1.5, "not-found")
            paused = await visage(service, "pause", "free", "--note", "Cables.", "--json")
            assert (paused["scope"], paused["note"]) == ("free", "Cables.")
            tiers, queue = await asyncio.gather(
                visage(service, "tier", "list", "--json"), visage(service, "queue", "--json")
            )
            assert [one["name"] for one in tiers if one["paused"]] == ["free"]
            assert (queue["leader"]["fence"] >= 1, len(queue["agents"])) == (True, 2)
            await visage(service, "resume", "free", "--json")
            assert await client.get("/admin/pauses") == []
        finally:
            await client.change("PATCH", "/admin/tiers/free", {"weight": 1})
