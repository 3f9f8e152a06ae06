"""Faces of several photos, and mixed faces, with the real checks in their sandbox."""

import base64
import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import cv2
import numpy as np
import pytest

from contracts.errors import UnavailableError
from contracts.messages import now
from contracts.mixes import MOST_PHOTOS
from contracts.states import UploadState
from faces.detect import Picture
from gateway.context import Gateway
from gateway.intake.housekeeping import finish_removals
from storage import jobs
from storage.dispatch import faces_of_job
from storage.models import Face, FacePhoto, Job, Upload
from storage.photos import begin_mixed
from tests.integration.gateway.callers import TUS, Caller, id_of
from tests.integration.gateway.works import library_face, ready_upload
from tests.portraits import astronaut, encoded, hopper
from tests.waiting import until


@pytest.fixture(scope="module")
def eileen() -> bytes:
    return encoded(astronaut(), "JPEG")


@pytest.fixture(scope="module")
def eileen_again() -> bytes:
    """As if taken at another moment."""
    matrix = cv2.getRotationMatrix2D((224, 120), 6, 1.1)
    turned = cv2.warpAffine(astronaut(), matrix, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    return encoded(np.asarray(turned * 0.85, np.uint8), "JPEG")


@pytest.fixture(scope="module")
def grace() -> bytes:
    return encoded(hopper(), "JPEG")


async def objects(gateway: Gateway) -> set[str]:
    return {item.key async for item in gateway.store.list("")}


async def add_photo(caller: Caller, face: Any, photo: bytes, expect: int = 201) -> Any:
    form = aiohttp.FormData()
    form.add_field("photo", io.BytesIO(photo), filename="again.jpg", content_type="image/jpeg")
    return await caller.call("POST", f"/faces/{face['id']}/photos", expect, data=form)


async def mix(caller: Caller, weights: dict[str, float], expect: int = 201, name: str = "Nova") -> Any:
    parts = [{"face_id": face_id, "weight": weight} for face_id, weight in weights.items()]
    return await caller.call("POST", "/faces/mix", expect, json={"name": name, "parts": parts})


async def refused_upload(caller: Caller, status: int, purpose: str, face: str) -> None:
    pairs = [("purpose", purpose), ("face", face)]
    metadata = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in pairs)
    headers = {**TUS, "Upload-Length": "100", "Upload-Metadata": metadata}
    await caller.call("POST", "/uploads", status, headers=headers)


async def fill(face: Any) -> None:
    """Give a face as many photos as it can have, all like its first."""
    for _ in range(MOST_PHOTOS - 1):
        key = f"faces/{face['id']}/photo"
        await FacePhoto.create(
            id=uuid4(), face_id=face["id"], key=key, points=face["points"], created_at=now()
        )


async def preview(caller: Caller, weights: dict[str, float]) -> Picture:
    parts = [{"face_id": face_id, "weight": weight} for face_id, weight in weights.items()]
    async with caller.session.post(caller.at("/faces/mix/preview"), json={"parts": parts}) as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        return decoded(await answer.read())


def decoded(data: bytes) -> Picture:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


async def picture_at(caller: Caller, url: str) -> Picture:
    async with caller.session.get(caller.url + url) as answer:
        assert answer.status == 200
        return decoded(await answer.read())


async def submit(caller: Caller, face_id: str) -> Job:
    tier = (await caller.principal()).tier
    face = await Face.get(id=face_id)
    return await jobs.create_job(caller.user, await ready_upload(caller), [face], tier, "paste")


async def test_a_photo_of_the_same_person_is_added_and_used_by_later_jobs(
    caller: Caller, gateway: Gateway, eileen: bytes, eileen_again: bytes
) -> None:
    face = await caller.add_face(eileen)
    before = await submit(caller, face["id"])
    with_two = await add_photo(caller, face, eileen_again)
    first, second = with_two["photos"]
    assert (first["id"], with_two["id"]) == (face["id"], face["id"])
    assert (await picture_at(caller, second["thumbnail_url"])).shape == (256, 256, 3)
    after = await submit(caller, face["id"])
    (one,), (both,) = [await faces_of_job(job.id) for job in (before, after)]
    assert len(one.photos) == 1
    assert [(photo.key, photo.weight) for photo in both.photos] == [
        (one.photos[0].key, 1.0),
        (f"faces/{face['id']}/photos/{second['id']}.jpg", 1.0),
    ]
    assert not any(key.startswith("uploads/") for key in await objects(gateway))
    await caller.call("DELETE", f"/faces/{face['id']}/photos/{second['id']}", 409)


async def test_a_further_photo_may_come_by_resumable_upload(
    caller: Caller, gateway: Gateway, eileen: bytes, eileen_again: bytes
) -> None:
    face = await caller.add_face(eileen)
    upload = await caller.upload(eileen_again, purpose="face", filename="b.jpg", face=face["id"])
    assert (upload["state"], upload["face_id"]) == ("ready", face["id"])
    # A gateway that died before it said so looks again: it stays one photo.
    await until(Upload.filter(id=upload["id"], lock__isnull=True).exists)
    await Upload.filter(id=upload["id"]).update(state=UploadState.PROBING)
    await gateway.store.put(f"uploads/{upload['id']}/source", eileen_again)
    await gateway.inspector.inspect(UUID(upload["id"]))
    assert len((await caller.call("GET", f"/faces/{face['id']}"))["photos"]) == 2
    assert len(await caller.call("GET", "/faces")) == 1


async def test_somebody_else_is_not_added(
    caller: Caller, gateway: Gateway, eileen: bytes, grace: bytes
) -> None:
    face = await caller.add_face(eileen)
    kept = await objects(gateway)
    problem = await add_photo(caller, face, grace, expect=422)
    detail = problem["context"]
    assert problem["reason"] == "different-person"
    assert detail["value"] < detail["limit"]
    assert detail["picture"]
    assert await FacePhoto.all().count() == 0

    async def nothing_left() -> bool:
        return await objects(gateway) == kept

    await until(nothing_left)


@pytest.mark.parametrize("meanwhile", ["removed", "full"])
async def test_a_photo_that_comes_too_late_leaves_nothing(
    caller: Caller,
    gateway: Gateway,
    eileen: bytes,
    eileen_again: bytes,
    meanwhile: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    face = await caller.add_face(eileen)
    kept = await objects(gateway)
    with monkeypatch.context() as patch:
        patch.setattr(gateway.inspector, "begin", lambda upload_id: None)
        path = await caller.create_upload(
            len(eileen_again), purpose="face", filename="b.jpg", face=face["id"]
        )
        await caller.patch(path, 0, eileen_again)
    await until(Upload.filter(id=id_of(path), lock__isnull=True).exists)
    if meanwhile == "removed":
        await caller.call("DELETE", f"/faces/{face['id']}", 204)
    else:
        await fill(face)
    await gateway.inspector.inspect(id_of(path))
    upload = await caller.call("GET", path)
    reason, left = {"removed": ("not-found", set()), "full": ("conflict", kept)}[meanwhile]
    assert (upload["state"], upload["failure"]["reason"]) == ("refused", reason)
    assert await objects(gateway) == left


async def test_a_photo_is_removed_but_not_the_first(
    caller: Caller, stranger: Caller, gateway: Gateway, eileen: bytes, eileen_again: bytes
) -> None:
    face = await caller.add_face(eileen)
    kept = await objects(gateway)
    photo = (await add_photo(caller, face, eileen_again))["photos"][1]["id"]
    await stranger.call("DELETE", f"/faces/{face['id']}/photos/{photo}", 404)
    await stranger.call("GET", f"/faces/{face['id']}/photos/{photo}/thumbnail", 404)
    await caller.call("DELETE", f"/faces/{face['id']}/photos/{face['id']}", 404)
    await caller.call("DELETE", f"/faces/{face['id']}/photos/{photo}", 204)
    assert await objects(gateway) == kept


async def test_a_face_has_only_so_many_photos(caller: Caller, grace: bytes) -> None:
    face = await library_face(caller)
    await fill({"id": str(face.id), "points": face.points})
    problem = await add_photo(caller, {"id": face.id}, grace, expect=409)
    assert problem["context"]["limit"] == MOST_PHOTOS
    await refused_upload(caller, 409, "face", str(face.id))
    await refused_upload(caller, 422, "target", str(face.id))
    await refused_upload(caller, 422, "face", "nobody")
    await refused_upload(caller, 404, "face", str(UUID(int=1)))


async def test_a_mixed_face_is_drawn_kept_and_used_like_any_other(
    caller: Caller, gateway: Gateway, eileen: bytes, eileen_again: bytes, grace: bytes
) -> None:
    one, other = await caller.add_face(eileen), await caller.add_face(grace)
    await add_photo(caller, one, eileen_again)
    nova = await mix(caller, {one["id"]: 3, other["id"]: 1})
    assert [(part["face_id"], part["weight"]) for part in nova["parts"]] == [
        (one["id"], 0.75),
        (other["id"], 0.25),
    ]
    assert nova["photos"] == []
    drawn = await picture_at(caller, nova["thumbnail_url"])
    assert drawn.shape == (256, 256, 3)
    assert np.ptp(drawn[:6].reshape(-1, 3), axis=0).max() < 8, "no background"
    (ref,) = await faces_of_job((await submit(caller, nova["id"])).id)
    assert [photo.weight for photo in ref.photos] == [0.375, 0.375, 0.25]
    assert {photo.key for photo in ref.photos} < await objects(gateway)
    assert all(photo.key.startswith(f"faces/{nova['id']}/photos/") for photo in ref.photos)


async def test_a_mixed_face_outlives_its_parts_which_say_so(
    caller: Caller, gateway: Gateway, eileen: bytes, grace: bytes
) -> None:
    one, other = await caller.add_face(eileen), await caller.add_face(grace)
    nova = await mix(caller, {one["id"]: 1, other["id"]: 1})
    library = {face["id"]: face for face in await caller.call("GET", "/faces")}
    expected = [{"id": nova["id"], "name": "Nova"}]
    assert library[one["id"]]["mixed_into"] == library[other["id"]]["mixed_into"] == expected
    assert (await caller.call("GET", f"/faces/{one['id']}"))["mixed_into"] == expected
    for face in (one, other):
        await caller.call("DELETE", f"/faces/{face['id']}", 204)
    assert all(key.startswith(f"faces/{nova['id']}/") for key in await objects(gateway))
    (left,) = await caller.call("GET", "/faces")
    assert [part["name"] for part in left["parts"]] == ["Grace", "Grace"]
    await caller.call("DELETE", f"/faces/{nova['id']}", 204)
    assert await objects(gateway) == set()


async def test_what_a_gateway_that_died_left_of_a_face_is_removed(caller: Caller, gateway: Gateway) -> None:
    face = await library_face(caller)
    await begin_mixed(Face(**{**dict(face), "id": uuid4()}))
    for one in await Face.all():
        await gateway.store.put(f"faces/{one.id}/photo", b"x")
    await finish_removals(gateway)
    assert len(await objects(gateway)) == 2, "somebody may be at it"
    long_ago = now() - timedelta(hours=1)
    await Face.filter(removed_at__isnull=False).update(removed_at=long_ago)
    await finish_removals(gateway)
    assert await objects(gateway) == {face.key}


async def _away(*values: object) -> None:
    raise UnavailableError("database")


async def test_mixed_faces_can_be_seen_before_and_mixed_again(
    caller: Caller, gateway: Gateway, eileen: bytes, grace: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await caller.add_face(eileen), await caller.add_face(grace)
    kept = await objects(gateway)
    seen = await preview(caller, {one["id"]: 1, other["id"]: 3})
    assert await objects(gateway) == kept
    with monkeypatch.context() as patch:
        patch.setattr("gateway.intake.mixing.add_mixed", _away)
        await mix(caller, {one["id"]: 1, other["id"]: 3}, expect=503)
    assert await objects(gateway) == kept
    nova = await mix(caller, {one["id"]: 1, other["id"]: 3})
    assert np.array_equal(await picture_at(caller, nova["thumbnail_url"]), seen)
    twice = await mix(caller, {nova["id"]: 1, one["id"]: 1})
    (ref,) = await faces_of_job((await submit(caller, twice["id"])).id)
    assert [photo.weight for photo in ref.photos] == pytest.approx([0.125, 0.375, 0.5])
    await add_photo(caller, nova, eileen, expect=422)


async def test_what_cannot_be_mixed_is_refused(caller: Caller, stranger: Caller, gateway: Gateway) -> None:
    one, other = [str((await library_face(caller)).id) for _ in range(2)]
    theirs = str((await library_face(stranger)).id)
    assert (await mix(caller, {one: 1}, expect=422))["errors"][0]["field"] == "parts"
    assert (await mix(caller, {one: 1, other: 0}, expect=422))["errors"][0]["field"] == "parts.1.weight"
    await mix(caller, {one: 1, theirs: 1}, expect=404)
    body = {"name": "x", "parts": [{"face_id": one}, {"face_id": one}]}
    await caller.call("POST", "/faces/mix", 422, json=body)
    # Their photos are not there any more: nothing is left of the attempt.
    await mix(caller, {one: 1, other: 1}, expect=404)
    assert await objects(gateway) == set()
    assert len(await caller.call("GET", "/faces")) == 2
