from fractions import Fraction
from uuid import uuid4

from contracts.media import EncodeSpec, MediaKind, SegmentRange
from contracts.messages import FaceRef, PhotoRef, SegmentTask, WeightsRef
from contracts.states import JobState
from scheduler.board import JobFacts
from scheduler.estimate import CostClass
from scheduler.fairqueue import Terms
from scheduler.tasks import tasks_of
from storage.dispatch import Released

RANGE = SegmentRange(index=3, start_pts=450, end_pts=600, seek_pts=420, frames=150, seconds=5.0)


def facts_of(kind: MediaKind = MediaKind.VIDEO) -> JobFacts:
    encode = EncodeSpec(
        codec="h264",
        encoder="libx264",
        pix_fmt="yuv420p",
        width=1280,
        height=720,
        time_base=Fraction(1, 30),
        container="jpeg" if kind is MediaKind.PICTURE else "mp4",
    )
    return JobFacts(
        id=uuid4(),
        user=uuid4(),
        terms=Terms(1.0, 4, burst=False),
        state=JobState.RUNNING,
        pool="default",
        engine='strange "engine"',
        kind=kind,
        order=0.0,
        source_key="uploads/ä/source",
        source_size=1000,
        stream_index=0,
        time_base=Fraction(1, 30),
        encode=encode,
        faces=[FaceRef(face_id=uuid4(), photos=[PhotoRef(key="faces/f/photo", points=[(1.0, 2.5)] * 5)])],
        cost_class=CostClass("default", "paste", 720, "libx264:"),
        seconds={3: 5.0},
        weights=[WeightsRef(role="generator", family="simswap-224", key="weights/a", sha256="a", size=5)],
    )


def released_of(job: JobFacts, number: int = 1) -> Released:
    return Released(uuid4(), job.id, 3, number, RANGE.model_dump_json())


def test_a_task_reads_as_what_the_board_knows() -> None:
    job = facts_of()
    item = released_of(job, number=2)
    (parcel,) = tasks_of({job.id: job}, [item])
    task = SegmentTask.model_validate_json(parcel.payload)
    assert (parcel.subject, parcel.message_id) == ("segments.default", str(item.attempt_id))
    assert (task.attempt_id, task.attempt, task.segment_index) == (item.attempt_id, 2, 3)
    assert task.range == RANGE
    assert task.weights == job.weights
    assert (task.job_id, task.engine, task.source_key) == (job.id, job.engine, job.source_key)
    assert (task.kind, task.source_size, task.stream_index) == (job.kind, 1000, 0)
    assert (task.encode, task.faces, task.time_base) == (job.encode, job.faces, job.time_base)
    assert task.output_key == f"jobs/{job.id}/segments/3-{item.attempt_id}.nut"


def test_a_picture_is_written_in_its_own_format() -> None:
    job = facts_of(MediaKind.PICTURE)
    (parcel,) = tasks_of({job.id: job}, [released_of(job)])
    assert SegmentTask.model_validate_json(parcel.payload).output_key.endswith(".jpg")


def test_tasks_keep_the_order_of_their_release_and_unknown_jobs_are_left_out() -> None:
    jobs = [facts_of(), facts_of()]
    stranger = facts_of()
    released = [released_of(job) for job in (jobs[0], jobs[1], stranger, jobs[0])]
    tasks = tasks_of({job.id: job for job in jobs}, released)
    expected = [str(item.attempt_id) for item in released if item.job_id != stranger.id]
    assert [task.message_id for task in tasks] == expected
