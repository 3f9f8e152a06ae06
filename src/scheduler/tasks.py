"""From released segments to the tasks that agents get."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from bus.bundle import Parcel
from contracts.media import MediaKind
from contracts.messages import SegmentTask
from contracts.subjects import segment_task
from media.encode import SEGMENT_SUFFIX
from scheduler.board import JobFacts
from storage import keys
from storage.dispatch import Released


def tasks_of(jobs: Mapping[UUID, JobFacts], released: Iterable[Released]) -> list[Parcel]:
    """The tasks of attempts at segments of these jobs, each a `SegmentTask` as JSON, complete in itself.

    What is the same in all of a job's is written once, and ranges are handed on as they are stored: models of
    each would cost ten times as much. Attempts of other jobs are left out.
    """
    tasks, same = list[Parcel](), dict[UUID, str]()
    for item in released:
        if (facts := jobs.get(item.job_id)) is not None:
            common = same.get(facts.id) or same.setdefault(facts.id, _same(facts))
            tasks.append(Parcel(segment_task(facts.pool), _task(facts, item, common), str(item.attempt_id)))
    return tasks


def _task(facts: JobFacts, item: Released, same: str) -> bytes:
    suffix = facts.encode.suffix if facts.kind is MediaKind.PICTURE else SEGMENT_SUFFIX
    key = keys.segment(facts.id, item.index, item.attempt_id, suffix.removeprefix("."))
    own = (
        f'"attempt_id":"{item.attempt_id}","segment_index":{item.index},"attempt":{item.number},'
        f'"range":{item.range},"output_key":"{key}"'
    )
    return f"{{{own},{same[1:]}".encode()


def _same(facts: JobFacts) -> str:
    """What the tasks of a job have in common: a JSON object."""
    common: dict[str, Any] = {
        "job_id": facts.id,
        "kind": facts.kind,
        "source_key": facts.source_key,
        "source_size": facts.source_size,
        "stream_index": facts.stream_index,
        "time_base": facts.time_base,
        "encode": facts.encode,
        "engine": facts.engine,
        "faces": facts.faces,
        "persons": facts.persons,
        "weights": facts.weights,
    }
    return SegmentTask.model_construct(**common).model_dump_json()
