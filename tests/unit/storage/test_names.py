"""Keys of objects, and errors that travel between processes."""

import pickle
from uuid import UUID

from storage import keys
from storage.objects import ObjectMissing

ID = UUID("00000000-0000-4000-8000-000000000001")
OTHER = UUID("00000000-0000-4000-8000-000000000002")


def test_everything_of_an_owner_lies_under_its_prefix() -> None:
    job = [keys.segment(ID, 3, OTHER, "mp4"), keys.result(ID, "mp4"), keys.preview(ID)]
    job += [keys.source_preview(ID), keys.poster(ID), keys.segments_prefix(ID)]
    assert all(key.startswith(keys.job_prefix(ID)) for key in job)
    assert len(set(job)) == len(job)
    assert keys.upload_source(ID).startswith(keys.upload_prefix(ID))
    assert keys.upload_tail(ID).startswith(keys.upload_prefix(ID))
    assert keys.face_photo(ID).startswith(keys.face_prefix(ID))
    assert keys.face_thumbnail(ID).startswith(keys.face_prefix(ID))


def test_no_prefix_covers_another_owner() -> None:
    prefixes = [keys.job_prefix(ID), keys.upload_prefix(ID), keys.face_prefix(ID)]
    assert all(prefix.endswith(f"/{ID}/") for prefix in prefixes)


def test_a_segments_key_names_its_attempt() -> None:
    assert keys.segment(ID, 3, OTHER, "mp4") == f"jobs/{ID}/segments/3-{OTHER}.mp4"


def test_each_beginning_of_an_attempt_has_an_object_of_its_own() -> None:
    key = keys.segment(ID, 3, OTHER, "mp4")
    assert keys.begun(key, "a1b2") == f"jobs/{ID}/segments/3-{OTHER}-a1b2.mp4"
    assert keys.begun(key, "a1b2").startswith(keys.segments_prefix(ID))


def test_a_missing_object_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(ObjectMissing("a/b")))
    assert (type(copy), copy.detail, copy.retryable) == (ObjectMissing, {"key": "a/b"}, False)
