"""Jobs by the API, up to what the scheduler gets."""

import asyncio
from uuid import uuid4

import aiohttp
import pytest

from contracts.errors import Reason
from contracts.messages import AgentCard
from contracts.quotes import Quote, QuoteQuestion
from contracts.states import JobState
from contracts.subjects import AGENTS_BUCKET, QUOTE, quote_answer
from gateway.context import Gateway
from storage import jobs
from storage.models import IdempotencyRecord, Job, OutboxMessage, Upload
from tests.conftest import OpenBus
from tests.integration.gateway.callers import Caller
from tests.integration.gateway.works import done_job, library_face, media_info, ready_upload, submitted_job


async def wanted(caller: Caller) -> dict[str, str]:
    return {
        "upload_id": str((await ready_upload(caller)).id),
        "face_id": str((await library_face(caller)).id),
    }


async def test_a_job_is_accepted_and_the_scheduler_told(caller: Caller) -> None:
    made = await caller.call("POST", "/jobs", 201, json=await wanted(caller))
    assert (made["state"], made["engine"], made["tier"]) == ("queued", "paste", "free")
    assert (await OutboxMessage.get()).subject == f"jobs.free.{made['id']}"
    assert await caller.call("GET", f"/jobs/{made['id']}") == made


async def test_an_engine_that_no_agent_runs_is_refused(caller: Caller, bus: OpenBus) -> None:
    body = await wanted(caller)
    card = AgentCard(agent_id="a", pool="default", slots=1, engines=["paste"], device="cpu", host="h", pid=1)
    await (await bus("agent")).bucket(AGENTS_BUCKET).put("a", card)

    problem = await caller.call("POST", "/jobs", 422, json=body | {"engine": "imagined"})
    assert (problem["reason"], problem["context"]["engines"]) == ("engine-missing", ["paste"])
    made = await caller.call("POST", "/jobs", 201, json=body | {"engine": "paste"})
    assert made["engine"] == "paste"


async def test_an_engine_that_only_spends_time_is_for_agents_that_offer_it(
    caller: Caller, bus: OpenBus
) -> None:
    body = await wanted(caller)
    problem = await caller.call("POST", "/jobs", 422, json=body | {"engine": "timed:1"})
    assert (problem["reason"], problem["context"]["engines"]) == ("engine-missing", [])
    engines = ["paste", "timed"]
    card = AgentCard(agent_id="a", pool="default", slots=1, engines=engines, device="cpu", host="h", pid=1)
    await (await bus("agent")).bucket(AGENTS_BUCKET).put("a", card)

    problem = await caller.call("POST", "/jobs", 422, json=body | {"engine": "timed:5-1"})
    assert (problem["reason"], problem["errors"][0]["field"]) == ("invalid", "engine")
    assert "timed:<seconds>" in problem["errors"][0]["message"]
    made = await caller.call("POST", "/jobs", 201, json=body | {"engine": "timed:0.5-1.5"})
    assert made["engine"] == "timed:0.5-1.5"


async def test_a_job_goes_to_the_pool_of_the_settings(
    caller: Caller, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.settings.agent, "pool", "night")
    made = await caller.call("POST", "/jobs", 201, json=await wanted(caller))
    assert (await Job.get(id=made["id"])).pool == "night"


async def test_a_job_of_two_faces_is_refused(caller: Caller) -> None:
    body = await wanted(caller)
    faces = [body.pop("face_id"), str((await library_face(caller)).id)]
    problem = await caller.call("POST", "/jobs", 422, json={**body, "face_ids": faces})
    assert (problem["reason"], problem["errors"][0]["field"]) == ("invalid", "face_ids")
    made = await caller.call("POST", "/jobs", 201, json={**body, "face_ids": faces[:1]})
    assert made["face_ids"] == faces[:1]


async def test_the_same_key_makes_one_job_and_gives_the_same_answer(caller: Caller) -> None:
    body, headers = await wanted(caller), {"Idempotency-Key": "order-1"}
    first = await caller.call("POST", "/jobs", 201, json=body, headers=headers)
    async with caller.session.post(caller.at("/jobs"), json=body, headers=headers) as answer:
        assert answer.status == 201
        assert answer.headers["Idempotent-Replayed"] == "true"
        assert await answer.json() == first
    assert await Job.all().count() == 1


async def test_the_same_key_at_the_same_moment_makes_one_job(caller: Caller) -> None:
    body, headers = await wanted(caller), {"Idempotency-Key": "order-1"}
    calls = (caller.call("POST", "/jobs", 201, json=body, headers=headers) for _ in range(5))
    answers = await asyncio.gather(*calls)
    assert len({answer["id"] for answer in answers}) == 1
    assert await Job.all().count() == await OutboxMessage.all().count() == 1


async def test_the_same_key_for_another_request_is_refused(caller: Caller, stranger: Caller) -> None:
    headers = {"Idempotency-Key": "order-1"}
    await caller.call("POST", "/jobs", 201, json=await wanted(caller), headers=headers)
    problem = await caller.call("POST", "/jobs", 422, json=await wanted(caller), headers=headers)
    assert problem["reason"] == "idempotency-mismatch"
    await stranger.call("POST", "/jobs", 201, json=await wanted(stranger), headers=headers)


async def test_a_refusal_is_not_kept(caller: Caller) -> None:
    body, headers = await wanted(caller), {"Idempotency-Key": "order-1"}
    await Upload.all().update(state="probing")
    await caller.call("POST", "/jobs", 409, json=body, headers=headers)
    assert await IdempotencyRecord.all().count() == 0
    await Upload.all().update(state="ready")
    await caller.call("POST", "/jobs", 201, json=body, headers=headers)


@pytest.mark.parametrize("state", ["open", "probing", "refused", "expired"])
async def test_an_upload_that_is_not_ready_is_refused_with_its_state(caller: Caller, state: str) -> None:
    body = await wanted(caller)
    await Upload.all().update(state=state)
    problem = await caller.call("POST", "/jobs", 409, json=body)
    assert problem["reason"] == "upload-not-ready"
    assert problem["context"]["state"] == state


async def test_other_users_uploads_and_faces_are_not_there(caller: Caller, stranger: Caller) -> None:
    mine, theirs = await wanted(caller), await wanted(stranger)
    for body in (mine | {"upload_id": theirs["upload_id"]}, mine | {"face_id": theirs["face_id"]}):
        assert (await caller.call("POST", "/jobs", 404, json=body))["reason"] == "not-found"
    assert await Job.all().count() == 0


async def test_too_long_a_video_is_refused_and_told_what_would_pass(caller: Caller) -> None:
    upload = await ready_upload(caller, media_info(seconds=301))
    body = {"upload_id": str(upload.id), "face_id": str((await library_face(caller)).id)}
    problem = await caller.call("POST", "/jobs", 422, json=body)
    assert problem["reason"] == "duration-limit"
    assert problem["context"] == {"limit": 300.0, "value": 301.0}
    assert "5 min" in problem["detail"]
    estimate = await caller.call("POST", "/jobs/estimate", json=body)
    assert estimate["refusal"]["reason"] == "duration-limit"


async def test_the_estimate_says_what_the_tier_makes_of_it(caller: Caller) -> None:
    estimate = await caller.call("POST", "/jobs/estimate", json=await wanted(caller))
    assert (estimate["width"], estimate["height"], estimate["fps"]) == (1280, 720, 30.0)
    assert estimate["scaled"]
    assert estimate["fps_reduced"]
    assert estimate["refusal"] is None
    assert await Job.all().count() == 0


async def test_the_estimate_says_what_the_scheduler_expects(caller: Caller, bus: OpenBus) -> None:
    body, scheduler = await wanted(caller), await bus("scheduler")
    unknown = await caller.call("POST", "/jobs/estimate", json=body)
    assert unknown["gpu_seconds"] is unknown["eta_seconds"] is unknown["queue_position"] is None
    quote = Quote(
        gpu_seconds=7.04, measured=3, segments=2, queue_position=5, starts_seconds=1.5, eta_seconds=9.0
    )

    async def answer() -> QuoteQuestion:
        async with scheduler.listen(QUOTE, QuoteQuestion) as questions:
            asked.set()
            async for _, question in questions:
                await scheduler.announce(quote_answer(question.id), quote)
                return question
        raise AssertionError("nobody asked")

    asked = asyncio.Event()
    answering = asyncio.create_task(answer())
    await asked.wait()
    estimate = await caller.call("POST", "/jobs/estimate", json=body | {"engine": "compact"})
    question = await answering
    assert (str(question.upload_id), question.engine, question.pool) == (
        body["upload_id"],
        "compact",
        "default",
    )
    assert (estimate["gpu_seconds"], estimate["gpu_seconds_measured"]) == (7.0, True)
    assert (estimate["queue_position"], estimate["starts_in_seconds"], estimate["eta_seconds"]) == (
        5,
        1.5,
        9.0,
    )


async def test_one_job_too_many_is_refused(caller: Caller) -> None:
    for _ in range(3):
        await submitted_job(caller)
    problem = await caller.call("POST", "/jobs", 409, json=await wanted(caller))
    assert problem["reason"] == "jobs-limit"
    assert problem["context"]["limit"] == 3


async def test_history_in_pages(caller: Caller, stranger: Caller) -> None:
    made = [str((await submitted_job(caller)).id) for _ in range(3)]
    await submitted_job(stranger)
    first = await caller.call("GET", "/jobs?limit=2")
    second = await caller.call("GET", f"/jobs?limit=2&cursor={first['next_cursor']}")
    assert [job["id"] for job in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None
    assert (await caller.call("GET", "/jobs?cursor=nonsense", 422))["reason"] == "invalid"
    assert (await caller.call("GET", "/jobs?limit=0", 422))["errors"][0]["field"] == "limit"


async def test_cancel_and_retry_only_where_they_make_sense(caller: Caller) -> None:
    job = await submitted_job(caller)
    assert (await caller.call("POST", f"/jobs/{job.id}/cancel", 202))["state"] == "cancelling"
    assert (await caller.call("POST", f"/jobs/{job.id}/retry", 409))["reason"] == "not-retryable"
    await jobs.finish_job(job.id, JobState.CANCELLED)
    assert (await caller.call("POST", f"/jobs/{job.id}/cancel", 409))["reason"] == "not-cancellable"
    failed = await submitted_job(caller)
    await jobs.finish_job(failed.id, JobState.FAILED)
    await caller.call("POST", f"/jobs/{failed.id}/retry", 202)
    subjects = await OutboxMessage.filter(subject__startswith="commands.").values_list("subject", flat=True)
    assert set(subjects) == {f"commands.cancel.{job.id}", f"commands.retry.{failed.id}"}


async def test_other_users_jobs_are_not_there(caller: Caller, stranger: Caller, gateway: Gateway) -> None:
    job = await done_job(caller, gateway, b"x")
    for path in ("", "/result", "/preview", "/events", "/poster", "/source-preview"):
        await stranger.call("GET", f"/jobs/{job.id}{path}", 404)
    for verb in ("cancel", "retry"):
        await stranger.call("POST", f"/jobs/{job.id}/{verb}", 404)
    await caller.call("GET", f"/jobs/{uuid4()}", 404)
    await caller.call("GET", "/jobs/no-id", 404)


async def test_a_download_in_ranges(caller: Caller, gateway: Gateway) -> None:
    content = bytes(range(256)) * 4096
    job = await done_job(caller, gateway, content)
    shown = await caller.call("GET", f"/jobs/{job.id}")
    assert shown["result"]["filename"] == "talk-visage.mp4"
    url = caller.url + shown["result"]["url"]
    async with caller.session.get(url) as answer:
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="talk-visage.mp4"')
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert await answer.read() == content
        etag = answer.headers["ETag"]
    for header, start, end in (
        ("bytes=5-9", 5, 10),
        ("bytes=1000000-", 10**6, len(content)),
        ("bytes=-7", -7, None),
    ):
        async with caller.session.get(url, headers={"Range": header}) as answer:
            assert answer.status == 206
            assert await answer.read() == content[start:end]
            assert answer.headers["Content-Range"].endswith(f"/{len(content)}")
    async with caller.session.get(url, headers={"Range": "bytes=99999999-"}) as answer:
        assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(content)}")
    async with caller.session.get(url, headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
    async with caller.session.get(url, headers={"Range": "bytes=0-1", "If-Range": '"other"'}) as answer:
        assert answer.status == 200
    async with caller.session.head(url) as answer:
        assert (answer.status, int(answer.headers["Content-Length"])) == (200, len(content))


async def test_no_result_before_the_end(caller: Caller) -> None:
    job = await submitted_job(caller)
    problem = await caller.call("GET", f"/jobs/{job.id}/result", 404)
    assert problem["context"]["state"] == "queued"


async def test_every_path_of_the_description_answers(caller: Caller) -> None:
    async with aiohttp.ClientSession() as session, session.get(caller.at("/openapi.json")) as answer:
        described = await answer.json()
    assert described["openapi"] == "3.1.0"
    methods = 0
    for path, operations in described["paths"].items():
        for method in operations:
            address = caller.url + path.replace("{", "").replace("}", "")
            async with caller.session.request(method, address) as answer:
                assert answer.status != 405, (method, path)
                methods += 1
    assert methods > 25
    references = set(_references(described))
    assert references <= {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert Reason.NOT_FOUND.value in str(described["paths"]["/api/v1/jobs/{job_id}"])


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for value in node.values() for found in _references(value)]
    return [found for value in node for found in _references(value)] if isinstance(node, list) else []
