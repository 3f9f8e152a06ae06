"""From a released segment to the task an agent gets."""

from contracts.media import MediaKind
from contracts.messages import SegmentTask
from media.encode import SEGMENT_SUFFIX
from scheduler.board import JobFacts
from storage import keys
from storage.dispatch import Released


def task_of(facts: JobFacts, released: Released) -> SegmentTask:
    """The task of one attempt, complete in itself."""
    suffix = facts.encode.suffix if facts.kind is MediaKind.PICTURE else SEGMENT_SUFFIX
    return SegmentTask(
        attempt_id=released.attempt_id,
        job_id=facts.id,
        segment_index=released.index,
        attempt=released.number,
        kind=facts.kind,
        source_key=facts.source_key,
        source_size=facts.source_size,
        stream_index=facts.stream_index,
        time_base=facts.time_base,
        range=released.range,
        encode=facts.encode,
        engine=facts.engine,
        faces=facts.faces,
        output_key=keys.segment(facts.id, released.index, released.attempt_id, suffix.removeprefix(".")),
    )
