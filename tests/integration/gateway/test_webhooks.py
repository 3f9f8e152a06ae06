"""Webhooks from an event to a receiver, over the real broker; the receiver listens on loopback."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from bus.connection import Bus
from contracts.messages import JobEvent
from contracts.settings import Settings, WebhookSettings
from contracts.states import DeliveryState, JobState
from contracts.subjects import job_event
from gateway.webhooks.actor import build_actor
from gateway.webhooks.addresses import guarded_connector
from relay.publisher import Publisher
from storage import jobs
from storage.models import Job, WebhookDelivery, WebhookEndpoint
from tests.conftest import OpenBus
from tests.integration.gateway.callers import Caller
from tests.integration.gateway.works import submitted_job
from tests.waiting import PATIENCE, until


@dataclass
class Receiver:
    """A customer's system: answers with `statuses` in turn, then with 204."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((dict(request.headers), await request.read()))
        status = self.statuses.pop(0) if self.statuses else 204
        headers = {"Location": self.url} if status == 302 else {}
        return web.Response(status=status, text="" if status == 204 else "x" * 100_000, headers=headers)

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """The bodies, each verified by the library its receivers use."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.requests]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


Start = Callable[[Settings], Awaitable[None]]


@pytest.fixture
async def start(bus: OpenBus) -> AsyncIterator[Start]:
    """Starts the webhooks actor, and a relay that publishes the outbox."""
    async with asyncio.TaskGroup() as group:
        stops: list[Callable[[], object]] = []

        async def begin(settings: Settings) -> None:
            session = aiohttp.ClientSession(connector=guarded_connector(settings.webhooks))
            actor = build_actor(settings, await bus("webhooks"), session)

            async def act() -> None:
                async with session:
                    await actor.run()

            relay = group.create_task(Publisher(await bus("relay"), settings.database).run())
            group.create_task(act())
            await actor.started.wait()
            stops.extend((actor.stop, relay.cancel))

        yield begin
        for stop in stops:
            stop()


async def add_endpoint(caller: Caller, receiver: Receiver, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = await caller.call("POST", "/webhooks", 201, json={"url": receiver.url, **more})
    return made


async def ended(delivery_filter: dict[str, Any] | None = None) -> WebhookDelivery:
    async with asyncio.timeout(PATIENCE):
        while True:
            row = await WebhookDelivery.get_or_none(**(delivery_filter or {}))
            if row is not None and row.state is not DeliveryState.PENDING:
                return row
            await asyncio.sleep(0.02)


async def finished_job(caller: Caller, state: JobState = JobState.DONE) -> Job:
    job = await submitted_job(caller)
    assert await jobs.finish_job(job.id, state)
    return job


async def test_refused_twice_then_accepted_and_told_once(
    caller: Caller, receiver: Receiver, start: Start, gateway_settings: Settings
) -> None:
    endpoint = await add_endpoint(caller, receiver)
    receiver.statuses = [500, 503]
    await start(gateway_settings)
    job = await finished_job(caller)
    row = await ended()
    assert row.state is DeliveryState.DELIVERED
    assert [entry["status"] for entry in row.tries] == [500, 503, 204]
    assert len(row.tries[0]["answer"]) == 1024
    bodies = receiver.verified(endpoint["secret"])
    assert [body["type"] for body in bodies] == ["job.done"] * 3
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["data"]["job"]["id"] == str(job.id)
    assert {headers["webhook-id"] for headers, _ in receiver.requests} == {str(row.event_id)}
    log = await caller.call("GET", f"/webhooks/{endpoint['id']}/deliveries")
    assert [entry["status"] for entry in log["items"][0]["tries"]] == [500, 503, 204]


async def test_an_event_that_comes_twice_is_delivered_once(
    caller: Caller, receiver: Receiver, start: Start, gateway_settings: Settings, bus: OpenBus
) -> None:
    await add_endpoint(caller, receiver)
    await start(gateway_settings)
    job = await finished_job(caller)
    row = await ended()
    event = JobEvent(event_id=row.event_id, job_id=job.id, user_id=job.user_id, state=JobState.DONE)
    relay: Bus = await bus("relay")
    await relay.publish(job_event("done", job.id), event, message_id=uuid4().hex)
    other = await finished_job(caller, JobState.FAILED)  # comes after the doubled one, in order
    await ended({"payload__contains": str(other.id)})
    assert await WebhookDelivery.all().count() == len(receiver.requests) == 2


async def test_after_the_schedule_it_is_given_up_and_may_be_replayed(
    caller: Caller, receiver: Receiver, start: Start, gateway_settings: Settings
) -> None:
    endpoint = await add_endpoint(caller, receiver)
    receiver.statuses = [500, 302, 500]
    await start(gateway_settings)
    await finished_job(caller)
    row = await ended()
    assert row.state is DeliveryState.FAILED
    assert [entry["status"] for entry in row.tries] == [500, 302, 500]
    assert len(receiver.requests) == 3  # the redirect was not followed
    await caller.call("POST", f"/deliveries/{row.id}/replay", 202)
    again = await ended({"state": DeliveryState.DELIVERED})
    assert again.event_id == row.event_id
    shown = (await caller.call("GET", f"/webhooks/{endpoint['id']}/deliveries"))["items"][0]
    assert [entry["series"] for entry in shown["tries"]] == [1, 1, 1, 2]
    await caller.call("POST", f"/deliveries/{uuid4()}/replay", 404)


async def test_a_receiver_that_is_gone_is_not_told_again(
    caller: Caller, receiver: Receiver, start: Start, gateway_settings: Settings
) -> None:
    endpoint = await add_endpoint(caller, receiver)
    receiver.statuses = [410]
    await start(gateway_settings)
    await finished_job(caller)
    assert (await ended()).state is DeliveryState.FAILED
    await until(WebhookEndpoint.filter(id=endpoint["id"], enabled=False).exists)
    assert len(receiver.requests) == 1


async def test_the_address_is_checked_when_the_connection_is_made(
    caller: Caller, receiver: Receiver, start: Start, gateway_settings: Settings
) -> None:
    await add_endpoint(caller, receiver)
    strict = WebhookSettings(schedule_seconds=[0], allow_private=False)
    await start(gateway_settings.model_copy(update={"webhooks": strict}))
    await finished_job(caller)
    row = await ended()
    assert row.state is DeliveryState.FAILED
    assert "not on the open internet" in row.tries[0]["error"]
    assert receiver.requests == []


async def test_test_events_and_chosen_events(
    caller: Caller, receiver: Receiver, start: Start, gateway_settings: Settings
) -> None:
    endpoint = await add_endpoint(caller, receiver, events=["job.failed"])
    await start(gateway_settings)
    await caller.call("POST", f"/webhooks/{endpoint['id']}/test", 202)
    await ended()
    await finished_job(caller)
    failed = await finished_job(caller, JobState.FAILED)
    await ended({"event_type": "job.failed"})
    types = [body["type"] for body in receiver.verified(endpoint["secret"])]
    assert types == ["webhook.test", "job.failed"]
    assert (await WebhookDelivery.get(event_type="job.failed")).payload.count(str(failed.id)) > 0


@pytest.mark.parametrize("url", ["https://127.0.0.1/x", "http://example.com/x", "https://[::1]/"])
async def test_unsafe_addresses_are_refused_when_they_are_entered(
    caller: Caller, gateway_settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(gateway_settings.webhooks, "allow_private", False)
    problem = await caller.call("POST", "/webhooks", 422, json={"url": url})
    assert problem["reason"] == "unsafe-address"
    assert problem["errors"][0]["field"] == "url"


async def test_the_page_says_where_a_secret_can_be_had_again(caller: Caller, receiver: Receiver) -> None:
    form = {"url": receiver.url, "events": "job.done"}
    async with caller.session.post(f"{caller.url}/webhooks", data=form) as answer:
        text = await answer.text()
    (path,) = re.findall(r"/api/v1(/webhooks/[0-9a-f-]{36})", text)
    assert html.escape((await caller.call("GET", path))["secret"]) in text
    async with caller.session.get(f"{caller.url}/webhooks") as answer:
        assert "whsec_" not in await answer.text()


async def test_endpoints_are_changed_and_removed_by_their_owner_only(
    caller: Caller, stranger: Caller, receiver: Receiver
) -> None:
    endpoint = await add_endpoint(caller, receiver)
    path = f"/webhooks/{endpoint['id']}"
    for method in ("GET", "PATCH", "DELETE"):
        await stranger.call(method, path, 404)
    changed = await caller.call("PATCH", path, json={"enabled": False, "events": ["job.done"]})
    assert (changed["enabled"], changed["events"], changed["url"]) == (False, ["job.done"], endpoint["url"])
    await caller.call("PATCH", path, 422, json={"events": ["job.started"]})
    assert "secret" not in (await caller.call("GET", "/webhooks"))[0]
    await caller.call("DELETE", path, 204)
    assert await caller.call("GET", "/webhooks") == []
