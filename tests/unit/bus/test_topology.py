"""The declaration is consistent with itself and with nats.conf, whatever a server makes of it."""

from fnmatch import fnmatchcase

import pytest

from bus.topology import BUCKETS, CONSUMERS, STREAMS, consumer_spec
from contracts import subjects


def test_every_consumer_hears_a_subject_of_its_stream() -> None:
    for consumer in CONSUMERS.values():
        stream = STREAMS[consumer.stream]
        assert any(
            fnmatchcase(consumer.filter_subject, subject.replace(">", "*")) for subject in stream.subjects
        )


def test_names_are_those_of_the_contracts() -> None:
    assert {subjects.JOBS, subjects.SEGMENTS, subjects.EVENTS, subjects.DEADLETTERS} <= STREAMS.keys()
    assert {subjects.AGENTS_BUCKET, subjects.LEASES_BUCKET} == BUCKETS.keys()


def test_a_work_queue_refuses_instead_of_losing() -> None:
    for stream in STREAMS.values():
        config = stream.config(replicas=1)
        assert (
            (config.retention == "workqueue") == (config.discard == "new") == (stream.name != subjects.EVENTS)
        )
        assert (config.duplicate_window or 0) >= 120


def test_a_pool_has_a_consumer_by_its_name() -> None:
    spec = consumer_spec("agents-big-gpus")
    assert (spec.stream, spec.filter_subject) == ("SEGMENTS", subjects.segment_task("big-gpus"))
    assert spec.lease(3.0) == 3.0
    with pytest.raises(KeyError):
        consumer_spec("nobody")
