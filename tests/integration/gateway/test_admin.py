"""What admins may do over the API, what it leaves behind, and that nobody else may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from contracts.errors import Failure, Reason
from contracts.messages import AgentCard, now
from contracts.scopes import Scope
from contracts.states import AttemptState, JobState, SegmentState
from contracts.subjects import AGENTS_BUCKET
from gateway.api.admin import OPERATIONS
from gateway.services.admin import queue
from gateway.services.keys import create_key
from storage.admin import users
from storage.admin.deeds import By
from storage.jobs import finish_job
from storage.models import (
    Attempt,
    AuditEntry,
    DeadLetterRow,
    Job,
    OutboxMessage,
    Segment,
    Session,
    Tier,
    User,
)
from tests.conftest import OpenBus
from tests.integration.gateway.callers import PASSWORD, Caller, Served, make_caller
from tests.integration.gateway.test_auth import csrf_of, log_in
from tests.integration.gateway.works import submitted_job

TIER = {
    "name": "studio", "title": "Studio", "weight": 8, "max_in_flight": 32, "burst": True, "max_height": 2160,
    "max_fps": 120, "max_seconds": 3600, "max_bytes": 10**10, "max_jobs": 50, "retention_days": 30,
}  # fmt: skip


@asynccontextmanager
async def admin_caller(served: Served, scope: Scope = Scope.ADMIN) -> AsyncIterator[Caller]:
    """An admin who calls with a key of the scope."""
    async with make_caller(served) as plain:
        await users.set_admin(By(None), plain.user.id, True)
        user = await User.get(id=plain.user.id)
        _, key = await create_key(user, "admin", scope)
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as session:
            yield Caller(user, session, served.url)


@pytest.fixture
async def admin(served: Served) -> AsyncIterator[Caller]:
    async with admin_caller(served) as one:
        yield one


async def newest_deed(admin: Caller) -> dict[str, Any]:
    page = await admin.call("GET", "/admin/audit?limit=1")
    deed: dict[str, Any] = page["items"][0]
    return deed


def address(path: str) -> str:
    """A path of an operation with something in place of its parameters."""
    for name in ("user_id", "job_id"):
        path = path.replace("{" + name + "}", str(uuid4()))
    return path.replace("{tier}", "pro").replace("{scope}", "pro").replace("{letter}", "1")


async def test_to_others_there_is_nothing_there(caller: Caller, served: Served) -> None:
    async with aiohttp.ClientSession() as nobody:
        for operation in OPERATIONS:
            path = address(operation.path)
            problem = await caller.call(operation.method, path, 404, json={})
            assert problem["reason"] == "not-found", path
            async with nobody.request(operation.method, caller.at(path)) as answer:
                assert answer.status == 401, path
    assert not await AuditEntry.filter(action__startswith="admin.").exists()


async def test_an_admins_key_of_another_scope_opens_nothing_more(served: Served) -> None:
    async with admin_caller(served, Scope.USER) as plain:
        assert (await plain.call("GET", "/admin/tiers", 403))["reason"] == "forbidden"
        asked = {"name": "more", "scope": "admin"}
        assert (await plain.call("POST", "/keys", 403, json=asked))["reason"] == "forbidden"


async def test_a_key_of_the_scope_admin_opens_nothing_once_its_owner_is_none(
    admin: Caller, served: Served
) -> None:
    made = await admin.call("POST", "/keys", 201, json={"name": "another", "scope": "admin"})
    assert made["scope"] == "admin"
    await users.set_admin(By(None), admin.user.id, False)
    await admin.call("GET", "/admin/tiers", 404)
    await admin.call("GET", "/me")
    await admin.call("POST", "/keys", 403, json={"name": "another", "scope": "admin"})


async def test_a_tier_is_made_changed_and_removed_and_all_of_it_written_down(admin: Caller) -> None:
    made = await admin.call("POST", "/admin/tiers", 201, json=TIER)
    assert made == {**TIER, "users": 0, "paused": False}
    assert (await admin.call("POST", "/admin/tiers", 409, json=TIER))["reason"] == "conflict"
    changed = await admin.call("PATCH", "/admin/tiers/studio", json={"weight": 2.5, "title": "Studio"})
    assert changed["weight"] == 2.5
    deed = await newest_deed(admin)
    assert (deed["action"], deed["subject"], deed["email"]) == (
        "admin.tier.change",
        "tier:studio",
        admin.user.email,
    )
    assert (deed["before"], deed["after"]) == ({"weight": 8.0}, {"weight": 2.5})
    await admin.call("PATCH", "/admin/tiers/studio", json={"weight": 2.5})
    assert (await newest_deed(admin))["id"] == deed["id"], "nothing changed"
    await admin.call("DELETE", "/admin/tiers/studio", 204)
    assert (await newest_deed(admin))["before"]["weight"] == 2.5
    await admin.call("GET", "/admin/tiers/studio", 404)
    names = [tier["name"] for tier in await admin.call("GET", "/admin/tiers")]
    assert names == ["free", "pro", "business"]


OUT_OF_BOUNDS: list[tuple[str, object]] = [
    ("weight", 0), ("weight", -1), ("weight", 1e9), ("max_in_flight", 0), ("max_in_flight", 10**6),
    ("max_fps", 0), ("max_height", 1), ("max_seconds", 10**6), ("max_bytes", 0), ("max_jobs", 0),
    ("retention_days", 10**6), ("title", " "), ("name", "No Name"), ("name", "everything"), ("color", "red"),
]  # fmt: skip


async def test_a_tier_out_of_bounds_is_refused_with_its_field(admin: Caller) -> None:
    for field, value in OUT_OF_BOUNDS:
        problem = await admin.call("POST", "/admin/tiers", 422, json={**TIER, field: value})
        assert [error["field"] for error in problem["errors"]] == [field], value
        if field != "name":
            await admin.call("PATCH", "/admin/tiers/pro", 422, json={field: value})
    assert await Tier.all().count() == 3


async def test_a_tier_in_use_stays(admin: Caller, caller: Caller) -> None:
    await submitted_job(caller)
    assert "new accounts" in (await admin.call("DELETE", "/admin/tiers/free", 409))["detail"].lower()
    await users.change_user(By(None), caller.user.id, {"tier_id": "pro"})
    problem = await admin.call("DELETE", "/admin/tiers/pro", 409)
    assert problem["context"] == {"users": 1, "jobs": 0}


async def test_a_user_is_found_and_given_terms_of_his_own(admin: Caller, caller: Caller) -> None:
    part = caller.user.email[3:15].upper()
    page = await admin.call("GET", f"/admin/users?search={part}")
    assert [user["email"] for user in page["items"]] == [caller.user.email]
    assert await admin.call("GET", f"/admin/users?search={caller.user.id}") == page
    assert (await admin.call("GET", "/admin/users?tier=business"))["items"] == []

    path = f"/admin/users/{caller.user.id}"
    changed = await admin.call("PATCH", path, json={"tier": "pro", "weight": 9, "burst": False})
    assert (changed["tier"], changed["weight"], changed["max_in_flight"], changed["burst"]) == (
        "pro",
        9,
        None,
        False,
    )
    assert (changed["allowed"]["weight"], changed["allowed"]["max_in_flight"]) == (9, 4)
    me = await caller.call("GET", "/me")
    assert (me["tier"]["name"], me["tier"]["weight"], me["tier"]["burst"]) == ("pro", 9, False)
    deed = await newest_deed(admin)
    assert deed["before"] == {"weight": None, "burst": None, "tier_id": "free"}
    back = await admin.call("PATCH", path, json={"weight": None})
    assert (back["weight"], back["burst"]) == (None, False)
    await admin.call("PATCH", path, 404, json={"tier": "nowhere"})
    await admin.call("PATCH", path, 422, json={"max_in_flight": 0})


async def test_lists_go_on_where_they_ended(admin: Caller, caller: Caller, stranger: Caller) -> None:
    first = await admin.call("GET", "/admin/users?limit=2")
    rest = await admin.call("GET", f"/admin/users?limit=2&cursor={first['next_cursor']}")
    emails = [user["email"] for user in first["items"] + rest["items"]]
    assert (len(emails), len(set(emails)), rest["next_cursor"]) == (3, 3, None)
    for weight in (3, 4, 5):
        await admin.call("PATCH", "/admin/tiers/pro", json={"weight": weight})
    page = await admin.call("GET", "/admin/audit?subject=tier:pro&limit=2")
    more = await admin.call("GET", f"/admin/audit?subject=tier:pro&limit=2&cursor={page['next_cursor']}")
    assert [deed["after"]["weight"] for deed in page["items"] + more["items"]] == [5, 4, 3]


async def test_a_blocked_user_is_refused_everywhere(admin: Caller, caller: Caller, served: Served) -> None:
    path = f"/admin/users/{caller.user.id}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        await log_in(browser, served, caller)
        assert (await admin.call("POST", f"{path}/block"))["blocked_at"] is not None
        assert not await Session.filter(user_id=caller.user.id).exists()
        async with browser.get(f"{served.url}/jobs", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/login?next=/jobs")
        form = {"email": caller.user.email, "password": PASSWORD}
        form["csrf_token"] = await csrf_of(browser, f"{served.url}/login")
        async with browser.post(f"{served.url}/login", data=form) as answer:
            assert answer.status == 403
            assert "This account is blocked." in await answer.text()
        assert (await caller.call("GET", "/me", 403))["reason"] == "account-blocked"
        assert (await admin.call("POST", f"{path}/unblock"))["blocked_at"] is None
        await log_in(browser, served, caller)
        await caller.call("GET", "/me")


async def test_an_admin_stays_one_until_another_says_otherwise(admin: Caller, served: Served) -> None:
    own = f"/admin/users/{admin.user.id}"
    for verb in ("demote", "block"):
        assert "yourself" in (await admin.call("POST", f"{own}/{verb}", 409))["detail"]
    async with make_caller(served) as other:
        assert (await admin.call("POST", f"/admin/users/{other.user.id}/promote"))["is_admin"]
        assert not (await admin.call("POST", f"/admin/users/{other.user.id}/demote"))["is_admin"]


async def test_a_pause_is_told_to_those_who_wait_because_of_it(admin: Caller, caller: Caller) -> None:
    job = await submitted_job(caller)
    assert (await caller.call("GET", f"/jobs/{job.id}"))["maintenance"] is None
    await admin.call("PUT", "/admin/pauses/pro", json={"note": "Moving."})
    assert (await caller.call("GET", f"/jobs/{job.id}"))["maintenance"] is None, "another tier"
    await admin.call("PUT", "/admin/pauses/everything", json={"note": "New disks, back at 18:00."})
    for shown in (
        await caller.call("GET", f"/jobs/{job.id}"),
        (await caller.call("GET", "/jobs"))["items"][0],
    ):
        assert shown["maintenance"]["note"] == "New disks, back at 18:00."
        assert shown["progress"]["paused"]
    assert (await submitted_job(caller)).state is JobState.QUEUED, "submitting stays possible"
    assert [pause["scope"] for pause in await admin.call("GET", "/admin/pauses")] == ["pro", "everything"]
    await admin.call("DELETE", "/admin/pauses/everything", 204)
    assert not (await caller.call("GET", f"/jobs/{job.id}"))["progress"]["paused"]
    await admin.call("DELETE", "/admin/pauses/everything", 404)
    await admin.call("PUT", "/admin/pauses/nowhere", 404)
    assert (await newest_deed(admin))["action"] == "admin.resume"


async def test_jobs_are_filtered_stopped_and_tried_again(
    admin: Caller, caller: Caller, stranger: Caller
) -> None:
    failed, other = await submitted_job(caller), await submitted_job(stranger)
    await finish_job(failed.id, JobState.FAILED, Failure(reason=Reason.ENGINE_FAILED, message="It broke."))

    async def found(query: str) -> list[str]:
        return [job["id"] for job in (await admin.call("GET", f"/admin/jobs?{query}"))["items"]]

    assert await found("") == [str(other.id), str(failed.id)]
    assert await found("state=failed") == [str(failed.id)]
    assert await found("state=unfinished") == [str(other.id)]
    assert await found("reason=engine-failed") == [str(failed.id)]
    assert await found("reason=agent-lost") == []
    assert (
        await found(f"user={caller.user.id}")
        == await found(f"user={caller.user.email[:20]}")
        == [str(failed.id)]
    )
    assert await found("tier=pro") == []
    await admin.call("GET", "/admin/jobs?state=odd", 422)

    assert (await admin.call("POST", f"/admin/jobs/{other.id}/cancel", 202))["state"] == "cancelling"
    assert (await admin.call("POST", f"/admin/jobs/{failed.id}/cancel", 409))["reason"] == "not-cancellable"
    await admin.call("POST", f"/admin/jobs/{failed.id}/retry", 202)
    assert await OutboxMessage.filter(subject=f"commands.retry.{failed.id}").exists()
    deed = await newest_deed(admin)
    assert (deed["action"], deed["subject"]) == ("admin.job.retry", f"job:{failed.id}")
    await admin.call("GET", f"/admin/jobs/{uuid4()}", 404)


async def test_a_job_shows_its_segments_in_trouble_with_their_attempts(admin: Caller, caller: Caller) -> None:
    job = await submitted_job(caller)
    failure = {"reason": "out-of-memory", "message": "It needs more memory.", "detail": {}}
    segments = [
        await _segment(job, 0, SegmentState.DONE),
        await _segment(job, 1, SegmentState.FAILED, failure),
    ]
    await _attempt(segments[0], AttemptState.DONE, 2.0, 2.0)
    await _attempt(segments[1], AttemptState.LOST, 1.0, 0.0, number=1)
    await _attempt(segments[1], AttemptState.FAILED, 3.0, 3.0, number=2, failure=failure)
    shown = await admin.call("GET", f"/admin/jobs/{job.id}")
    assert (shown["email"], [trouble["index"] for trouble in shown["troubles"]]) == (caller.user.email, [1])
    trouble = shown["troubles"][0]
    assert trouble["failure"]["reason"] == "out-of-memory"
    assert [(a["state"], a["gpu_seconds"], a["charged_seconds"]) for a in trouble["attempts"]] == [
        ("lost", 1.0, 0.0),
        ("failed", 3.0, 3.0),
    ]


async def test_what_is_charged_is_told_by_day_and_by_job(admin: Caller, caller: Caller) -> None:
    job = await submitted_job(caller)
    segment = await _segment(job, 0, SegmentState.DONE)
    for days, seconds in ((0, 2.0), (0, 0.5), (1, 4.0), (40, 100.0)):
        ended = now().replace(hour=12) - timedelta(days=days)
        await _attempt(segment, AttemptState.DONE, seconds, seconds, ended_at=ended)
    own = await caller.call("GET", "/usage")
    assert own["charged_seconds"] == 6.5
    today = now().date()
    expected = [(str(today), 2.5), (str(today - timedelta(days=1)), 4.0)]
    assert [(day["day"], day["charged_seconds"]) for day in own["days"]] == expected
    assert [(used["id"], used["charged_seconds"]) for used in own["jobs"]] == [(str(job.id), 6.5)]
    assert (await caller.call("GET", "/usage?days=60"))["charged_seconds"] == 106.5
    seen = await admin.call("GET", f"/admin/users/{caller.user.id}/usage")
    assert seen["days"] == own["days"]
    assert (await admin.call("GET", f"/admin/users/{caller.user.id}"))["charged_seconds"] == 6.5


async def test_everything_of_a_user_is_stopped_and_nothing_of_another(
    admin: Caller, caller: Caller, stranger: Caller
) -> None:
    mine = [await submitted_job(caller) for _ in range(3)]
    other = await submitted_job(stranger)
    await finish_job(mine[0].id, JobState.DONE)
    path = f"/admin/users/{caller.user.id}/cancel-jobs"
    assert await admin.call("POST", path, 202) == {"jobs": 2}
    states = [(await Job.get(id=job.id)).state for job in (*mine, other)]
    assert states == [JobState.DONE, JobState.CANCELLING, JobState.CANCELLING, JobState.QUEUED]
    assert await admin.call("POST", path, 202) == {"jobs": 0}


async def test_a_dead_letter_is_sent_again_or_thrown_away(admin: Caller) -> None:
    subjects = ("merges.x", "segments.default", "merges.y")
    letters = [
        await DeadLetterRow.create(
            letter_id=subject,
            actor="merger",
            subject=subject,
            reason="boom",
            payload='{"job_id": "x"}',
            deliveries=4,
        )
        for subject in subjects
    ]
    shown = (await admin.call("GET", "/admin/letters"))["items"]
    assert [(one["subject"], one["repeatable"]) for one in shown] == [
        ("merges.y", True), ("segments.default", False), ("merges.x", True),
    ]  # fmt: skip
    await admin.call("POST", f"/admin/letters/{letters[0].id}/replay", 204)
    assert (await OutboxMessage.get(subject="merges.x")).payload == '{"job_id":"x"}'
    assert (await admin.call("POST", f"/admin/letters/{letters[1].id}/replay", 409))["reason"] == "conflict"
    await admin.call("DELETE", f"/admin/letters/{letters[2].id}", 204)
    assert (await newest_deed(admin))["before"]["payload"] == '{"job_id": "x"}'
    assert [row.subject for row in await DeadLetterRow.all()] == ["segments.default"]
    await admin.call("DELETE", "/admin/letters/99999999999999999999", 404)


async def test_without_a_leader_the_queue_says_so_and_still_shows_the_agents(
    admin: Caller, bus: OpenBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ANSWER_SECONDS", 0.2)
    card = AgentCard(
        agent_id="a", pool="default", slots=3, engines=["paste"], device="cpu", host="h", pid=7, since=now()
    )
    await (await bus("agent")).bucket(AGENTS_BUCKET).put("a", card)
    shown = await admin.call("GET", "/admin/queue")
    assert (shown["leader"], shown["pools"], shown["users"]) == (None, [], [])
    assert [(agent["agent_id"], agent["slots"], agent["host"]) for agent in shown["agents"]] == [
        ("a", 3, "h")
    ]
    assert await admin.call("GET", "/admin/agents") != []


async def _segment(job: Job, index: int, state: SegmentState, failure: object = None) -> Segment:
    return await Segment.create(
        job_id=job.id, index=index, range={"seconds": 5.0}, state=state, estimate_seconds=1, failure=failure
    )


async def _attempt(
    segment: Segment, state: AttemptState, cost: float, charged: float, number: int = 1, **more: object
) -> None:
    values = {"ended_at": now(), "agent_id": "agent-1"} | more
    await Attempt.create(
        id=uuid4(), segment_id=segment.id, job_id=segment.job_id, number=number, state=state, gpu_seconds=cost,
        charged_seconds=charged, **values,
    )  # fmt: skip
