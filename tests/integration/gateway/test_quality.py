"""The quality report of a job, by the API."""

from contracts.quality import Coverage, QualityReport
from gateway.context import Gateway
from storage.quality import save_quality
from tests.integration.gateway.callers import Caller
from tests.integration.gateway.works import done_job

REPORT = QualityReport(
    coverage=Coverage(frames=30, with_face=30, swapped=29, dropped=1, untouched=0, missing=0),
    identity=None,
    pose=None,
    flicker=None,
    sharpness=0.9,
    color=None,
    background=None,
)


async def test_a_job_has_its_report_once_there_is_one(caller: Caller, gateway: Gateway) -> None:
    job = await done_job(caller, gateway, b"result")
    assert (await caller.call("GET", f"/jobs/{job.id}"))["quality"] is None
    await save_quality(job.id, REPORT)
    shown = await caller.call("GET", f"/jobs/{job.id}")
    assert shown["quality"] == REPORT.model_dump(mode="json")
