"""nats.conf: each actor can do what it must, and not what it must not."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from uuid import UUID

import nats.errors
import pytest
from pydantic import SecretStr

from bus.connection import Bus
from bus.topology import CONSUMERS
from contracts import subjects
from contracts.messages import AgentCard, CancelWork, MergeTask
from contracts.settings import NatsSettings
from tests.waiting import PATIENCE
from visage.embedded.nats import password_variables
from visage.embedded.secrets import NATS_USERS
from visage.embedded.server import bare_environment, installed
from visage.paths import NATS_CONF

OpenBus = Callable[[str], Awaitable[Bus]]

JOB = UUID(int=7)
MESSAGE = MergeTask(job_id=JOB)

STORED = {  # who must be able to publish what to a stream
    "relay": [
        subjects.job_submitted("free", JOB),
        subjects.command("cancel", JOB),
        subjects.merge_task(JOB),
        subjects.job_event("done", JOB),
        subjects.webhook_delivery(JOB),
    ],
    "scheduler": [subjects.segment_task("default"), subjects.segment_task("other")],
    "agent": [subjects.segment_reports("a")],
    "gateway": [],
    "merger": [],
    "webhooks": [],
}
ANNOUNCED = {
    "gateway": [subjects.ADMIN_QUEUE],
    "scheduler": [subjects.job_progress(JOB), subjects.cancel_work(JOB), subjects.admin_answer(JOB)],
    "agent": [subjects.segment_progress(JOB)],
}
HEARD = {
    "gateway": [
        subjects.job_progress("*"),
        subjects.job_progress(JOB),
        "events.job.>",
        "$KV.agents.>",
        subjects.admin_answer("*"),
    ],
    "scheduler": [subjects.segment_progress("*"), "$KV.agents.>", subjects.ADMIN_QUEUE],
    "agent": [subjects.cancel_work("*")],
    "relay": [],
    "merger": [],
    "webhooks": [],
}
CONSUMED = {
    "relay": ["relay"],
    "scheduler": ["scheduler-jobs", "scheduler-commands", "scheduler-segments"],
    "agent": ["agents-default"],
    "merger": ["merger"],
    "webhooks": ["webhooks", "webhooks-jobs"],
    "gateway": [],
}
ACTORS = sorted(STORED)
EVERYTHING_STORED = sorted({subject for subjects_ in STORED.values() for subject in subjects_})
EVERYTHING_HEARD = sorted(
    {*(subject for subjects_ in HEARD.values() for subject in subjects_), "jobs.>", "_INBOX_relay.>"}
)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is waited for in vain: not for long."""
    monkeypatch.setattr("bus.connection.REQUEST_SECONDS", 0.5)


def test_the_configuration_is_valid() -> None:
    environment = bare_environment() | password_variables(dict.fromkeys(NATS_USERS, "password"))
    command = [str(installed("nats-server")), "-t", "-c", str(NATS_CONF)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("actor", ACTORS)
async def test_streams_take_what_an_actor_must_publish_and_nothing_else(actor: str, bus: OpenBus) -> None:
    connection = await bus(actor)
    may = [*STORED[actor], subjects.dead_letter(actor)]
    must_not = [subject for subject in EVERYTHING_STORED if subject not in STORED[actor]]
    must_not += [subjects.dead_letter(other) for other in ACTORS if other != actor]
    for subject in may:
        await connection.publish(subject, MESSAGE)
    refused = await asyncio.gather(
        *(connection.publish(s, MESSAGE) for s in must_not), return_exceptions=True
    )
    assert [type(answer) for answer in refused] == [PermissionError] * len(must_not)


@pytest.mark.parametrize("actor", ACTORS)
async def test_an_actor_hears_what_it_must_and_nothing_else(actor: str, bus: OpenBus) -> None:
    connection = await bus(actor)
    for subject in EVERYTHING_HEARD:
        if subject in HEARD[actor] or subject == f"_INBOX_{actor}.>":
            async with connection.listen(subject, MergeTask):
                continue
        with pytest.raises(PermissionError):
            async with connection.listen(subject, MergeTask):
                pytest.fail(f"{actor} hears {subject}")


@pytest.mark.parametrize(
    ("speaker", "hearer"),
    [("scheduler", "gateway"), ("gateway", "scheduler"), ("scheduler", "agent"), ("agent", "scheduler")],
)
async def test_announcements_reach_those_they_are_for(speaker: str, hearer: str, bus: OpenBus) -> None:
    mouth, ear = await bus(speaker), await bus(hearer)
    shared = [
        (said, heard)
        for said in ANNOUNCED[speaker]
        for heard in HEARD[hearer]
        if said.startswith(heard.split("*")[0])
    ]
    assert shared
    for subject, pattern in shared:
        async with ear.listen(pattern, CancelWork) as heard:
            await mouth.announce(subject, CancelWork(job_id=JOB))
            async with asyncio.timeout(PATIENCE):
                async for where, message in heard:
                    assert (where, message.job_id) == (subject, JOB)
                    break


@pytest.mark.parametrize("actor", ACTORS)
async def test_an_actor_pulls_from_its_consumers_and_no_other(actor: str, bus: OpenBus) -> None:
    connection = await bus(actor)
    others = []
    for spec in CONSUMERS.values():
        pull = f"$JS.API.CONSUMER.MSG.NEXT.{spec.stream}.{spec.name}"
        if spec.name in CONSUMED[actor]:
            answer = await connection.nc.request(pull, b'{"batch":1,"no_wait":true}', timeout=PATIENCE)
            assert (answer.headers or {}).get("Status") == "404"
        else:
            others.append(pull)
    await nobody_answers(connection, others, b'{"batch":1,"no_wait":true}')


async def nobody_answers(connection: Bus, subjects_: list[str], request: bytes) -> None:
    """Asked all at once, no subject brings an answer."""
    asking = (connection.nc.request(subject, request, timeout=0.2) for subject in subjects_)
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(answer) for answer in answers] == [nats.errors.TimeoutError] * len(subjects_)


@pytest.mark.parametrize("actor", ACTORS)
async def test_only_the_provisioner_changes_the_topology(actor: str, bus: OpenBus) -> None:
    connection = await bus(actor)
    verbs = ["STREAM.DELETE.JOBS", "STREAM.PURGE.JOBS", "STREAM.CREATE.MORE", "CONSUMER.DELETE.MERGES.merger"]
    await nobody_answers(connection, [f"$JS.API.{verb}" for verb in verbs], b"{}")


async def test_cards_are_written_by_agents_and_read_by_gateway_and_scheduler(bus: OpenBus) -> None:
    card = AgentCard(
        agent_id="a.1", pool="default", slots=2, engines=["paste"], device="cpu", host="here", pid=1
    )
    await (await bus("agent")).bucket(subjects.AGENTS_BUCKET).put("a.1", card)
    for reader in ("gateway", "scheduler"):
        bucket = (await bus(reader)).bucket(subjects.AGENTS_BUCKET)
        assert await bucket.entries(AgentCard) == {"a.1": card}
        with pytest.raises(PermissionError):
            await bucket.put("a.2", card)


async def test_a_wrong_password_is_said_at_once(nats_server: NatsSettings) -> None:
    wrong = nats_server.model_copy(update={"passwords": {"agent": SecretStr("guessed")}})
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(PermissionError, match="agent"):
            await Bus.connect(wrong, "agent")


async def test_the_scheduler_sees_which_work_is_still_there(bus: OpenBus) -> None:
    relay, scheduler = await bus("relay"), await bus("scheduler")
    await relay.publish(subjects.merge_task(JOB), MESSAGE)
    merges = await scheduler.request_stream_info(subjects.MERGES, "merges.>")
    assert merges.state.subjects == {subjects.merge_task(JOB): 1}
    assert (await scheduler.request_stream_info(subjects.SEGMENTS)).state.messages == 0
