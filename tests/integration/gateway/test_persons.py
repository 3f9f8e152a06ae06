"""The people of an upload: found in the sandbox, named in a job, gone with the upload."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import cv2
import numpy as np
import pytest

from contracts.persons import SeenPerson
from contracts.states import CastState
from faces.persons import likeness_to
from gateway.context import Gateway
from gateway.intake.persons import PersonFinder
from storage import casts, keys, library
from storage.casts import persons_of_job
from storage.models import Cast, Job, Upload
from storage.objects import Stored
from storage.s3 import S3Store
from tests import pairs
from tests.integration.gateway.callers import Caller
from tests.integration.gateway.works import library_face, ready_upload
from tests.portraits import encoded
from tests.waiting import PATIENCE


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two people; the first frames of a longer film."""
    return pairs.write(tmp_path_factory.mktemp("film") / "two.mp4", range(8)).read_bytes()


async def found(caller: Caller, upload_id: str) -> Any:
    """The cast once the search for it has ended."""
    await caller.call("POST", f"/uploads/{upload_id}/persons", 202)
    async with asyncio.timeout(PATIENCE):
        while True:
            cast = await caller.call("GET", f"/uploads/{upload_id}/persons")
            if cast["state"] != "searching":
                return cast
            await asyncio.sleep(0.05)


async def cast_for(upload: Upload, *names: str) -> None:
    """A cast as a search leaves it."""
    persons = [SeenPerson(name=name, vectors=[[0.0] * 128], share=0.5, seconds=1.0) for name in names]
    cast = await casts.ask_for(upload.id)
    lock = await casts.take(cast.upload_id, 60)
    assert lock is not None
    await casts.settle(upload.id, lock, persons, None)


async def test_the_people_of_a_video_are_found_each_once(
    caller: Caller, stranger: Caller, film: bytes
) -> None:
    upload = await caller.upload(film, purpose="target", filename="two.mp4")
    await caller.call("GET", f"/uploads/{upload['id']}/persons", 404)
    cast = await found(caller, upload["id"])
    assert cast["state"] == "ready"
    assert [(person["name"], person["share"]) for person in cast["persons"]] == [
        ("person-1", 1),
        ("person-2", 1),
    ]
    await caller.call("POST", f"/uploads/{upload['id']}/persons", 200)  # it is done once
    pictures = [await thumbnail(caller, person["thumbnail_url"]) for person in cast["persons"]]
    assert {picture.shape for picture in pictures} == {(256, 256, 3)}
    await stranger.call("GET", f"/uploads/{upload['id']}/persons", 404)
    row = await Cast.get(upload_id=upload["id"])
    likenesses = {
        who: [
            likeness_to(pairs.vector(who), np.array(one.vectors, np.float32)) for one in casts.persons_in(row)
        ]
        for who in (pairs.COLLINS, pairs.HOPPER)
    }
    assert sorted(np.argmax(values) for values in likenesses.values()) == [0, 1]
    assert all(max(values) > 0.6 > 0.3 > min(values) for values in likenesses.values())


async def thumbnail(caller: Caller, url: str) -> np.ndarray:
    async with caller.session.get(caller.url + url) as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        return np.asarray(cv2.imdecode(np.frombuffer(await answer.read(), np.uint8), cv2.IMREAD_COLOR))


async def test_the_people_of_a_picture_are_found_too(caller: Caller) -> None:
    upload = await caller.upload(encoded(pairs.frame(0)), purpose="target", filename="two.png")
    cast = await found(caller, upload["id"])
    assert len(cast["persons"]) == 2


async def test_where_nobody_is_seen_nobody_is_found(caller: Caller) -> None:
    picture = np.full((200, 300, 3), 120, np.uint8)
    upload = await caller.upload(encoded(picture), purpose="target", filename="wall.png")
    cast = await found(caller, upload["id"])
    assert (cast["state"], cast["persons"], cast["failure"]) == ("ready", [], None)


async def test_a_search_that_fails_says_why_and_is_tried_again_when_asked(caller: Caller) -> None:
    """Its bytes are no video: what a decoder that crashes would leave."""
    upload = await ready_upload(caller)
    cast = await found(caller, str(upload.id))
    assert cast["state"] == "failed" and cast["failure"]["message"]
    assert (await found(caller, str(upload.id)))["state"] == "failed"


async def test_a_job_names_whom_it_replaces(caller: Caller) -> None:
    upload, grace = await ready_upload(caller), await library_face(caller)
    await cast_for(upload, "person-1", "person-2", "person-3")
    mapping = {"person-2": str(grace.id), "person-3": str(grace.id)}
    job = await caller.call("POST", "/jobs", 201, json={"upload_id": str(upload.id), "persons": mapping})
    assert (job["persons"], job["face_ids"]) == (mapping, [str(grace.id)])
    refs = await persons_of_job(UUID(job["id"]))
    assert {ref.person: ref.face for ref in refs} == {"person-1": None, "person-2": 0, "person-3": 1}


async def test_whom_nobody_knows_any_more_is_nobody(caller: Caller) -> None:
    """A job without any persons gives everybody the first face: that must not come of a cast that is gone."""
    upload, grace = await ready_upload(caller), await library_face(caller)
    await cast_for(upload, "person-1")
    wanted = {"upload_id": str(upload.id), "persons": {"person-1": str(grace.id)}}
    job = await caller.call("POST", "/jobs", 201, json=wanted)
    await Cast.all().delete()
    (ref,) = await persons_of_job(UUID(job["id"]))
    assert (ref.person, ref.vectors, ref.face) == ("person-1", [], 0)


@pytest.mark.parametrize("searched", [True, False])
async def test_an_unknown_person_is_refused_with_those_there_are(caller: Caller, searched: bool) -> None:
    upload, grace = await ready_upload(caller), await library_face(caller)
    if searched:
        await cast_for(upload, "person-1", "person-2")
    wanted = {"upload_id": str(upload.id), "persons": {"person-1": str(grace.id), "person-9": str(grace.id)}}
    problem = await caller.call("POST", "/jobs", 422, json=wanted)
    assert problem["reason"] == "unknown-person"
    assert problem["context"]["known"] == (["person-1", "person-2"] if searched else [])
    estimate = await caller.call("POST", "/jobs/estimate", json=wanted)
    assert estimate["refusal"]["reason"] == "unknown-person"
    assert await Job.all().count() == 0


async def test_a_face_for_everybody_and_faces_for_some_exclude_each_other(caller: Caller) -> None:
    body = {"upload_id": str(uuid4()), "face_id": str(uuid4()), "persons": {"person-1": str(uuid4())}}
    assert (await caller.call("POST", "/jobs", 422, json=body))["reason"] == "invalid"
    assert (await caller.call("POST", "/jobs", 422, json={"upload_id": str(uuid4())}))["reason"] == "invalid"


async def test_what_is_known_of_people_goes_with_the_upload(caller: Caller) -> None:
    upload = await ready_upload(caller)
    await cast_for(upload, "person-1")
    assert await library.expire_upload(upload.id)
    assert not await Cast.exists(upload_id=upload.id)
    key = keys.upload_person(upload.id, "person-1")
    assert key.startswith(keys.upload_prefix(upload.id))  # which is what is removed with it


async def test_a_search_that_ends_after_its_upload_leaves_no_picture(
    caller: Caller, gateway: Gateway
) -> None:
    upload = await caller.upload(encoded(pairs.frame(0)), purpose="target", filename="two.png")
    upload_id = UUID(upload["id"])
    await casts.ask_for(upload_id)

    class Late(S3Store):
        """The store, in which an upload is removed just before the first picture of its people comes."""

        async def put(self, key: str, *content: Any, **options: Any) -> Stored:
            if await Cast.exists(upload_id=upload_id):
                assert await library.expire_upload(upload_id)
                await self.delete_prefix(keys.upload_prefix(upload_id))
            return await super().put(key, *content, **options)

    late = Late(gateway.store._client, gateway.store._bucket)
    await PersonFinder(gateway.settings, late).search(upload_id)
    assert [item.key async for item in gateway.store.list(keys.upload_prefix(upload_id))] == []


async def test_a_search_that_a_dead_gateway_began_is_taken_up(caller: Caller, gateway: Gateway) -> None:
    upload = await caller.upload(encoded(pairs.frame(0)), purpose="target", filename="two.png")
    await casts.ask_for(UUID(upload["id"]))
    other = PersonFinder(gateway.settings, gateway.store)
    await other.sweep()
    async with asyncio.timeout(PATIENCE):
        while (await Cast.get(upload_id=upload["id"])).state is not CastState.READY:
            await asyncio.sleep(0.05)
    await other.close()


async def test_one_search_at_a_time(caller: Caller) -> None:
    upload = await ready_upload(caller)
    await casts.ask_for(upload.id)
    lock = await casts.take(upload.id, 60)
    assert lock is not None and await casts.take(upload.id, 60) is None
    assert await casts.to_search(10) == []
    await casts.let_go(upload.id, lock)
    assert await casts.to_search(10) == [upload.id]
    await casts.settle(upload.id, lock, [], None)  # by who has lost it: nothing is written
    assert (await Cast.get(upload_id=upload.id)).state is CastState.SEARCHING
