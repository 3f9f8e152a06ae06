"""A video with a work copy is planned and worked on by the copy."""

from pathlib import Path

from contracts.media import MediaInfo
from contracts.states import JobState
from storage import keys
from storage.models import Job, Upload
from tests.clips import write_clip
from tests.integration.scheduler.agent import peer_agent
from tests.integration.scheduler.conftest import House, reach


async def test_the_copy_is_planned_and_decoded(house: House, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    job: Job = await house.submit_clip(await house.user(), clip)
    upload = await Upload.get(id=job.upload_id)
    await house.store.put(keys.upload_work(upload.id), clip)
    await house.store.delete(upload.key)  # nothing but the copy can be read
    info = MediaInfo.model_validate(upload.info).model_copy(update={"work_copy": True})
    await Upload.filter(id=upload.id).update(info=info.model_dump(mode="json"))
    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings) as agent:
        await reach(job.id, JobState.MERGING)
    assert {task.source_key for task in agent.tasks} == {keys.upload_work(upload.id)}
