"""The face library, with the real check in its sandbox."""

from uuid import UUID

import aiohttp
import cv2
import numpy as np
import pytest

from contracts.states import UploadState
from faces.detect import Picture
from gateway.context import Gateway
from gateway.intake.lock import held
from storage.models import Face, Upload
from tests.integration.gateway.callers import TUS, Caller, id_of
from tests.integration.gateway.works import submitted_job
from tests.portraits import astronaut, encoded
from tests.waiting import until


def jpeg(picture: Picture) -> bytes:
    return encoded(picture, "JPEG")


@pytest.fixture(scope="module")
def portrait() -> bytes:
    """Eileen Collins, in the public domain."""
    return jpeg(astronaut())


@pytest.fixture(scope="module")
def two_people() -> bytes:
    picture = astronaut()
    return jpeg(np.hstack([picture, picture[:, ::-1]]))


async def objects(gateway: Gateway) -> list[str]:
    return [item.key async for item in gateway.store.list("")]


async def test_a_photo_becomes_a_face_with_a_thumbnail(
    caller: Caller, gateway: Gateway, portrait: bytes
) -> None:
    face = await caller.add_face(portrait)
    assert (face["name"], face["width"], face["height"]) == ("Grace", 512, 512)
    assert len(face["points"]) == 5
    assert [item["id"] for item in await caller.call("GET", "/faces")] == [face["id"]]
    async with caller.session.get(caller.url + face["thumbnail_url"]) as answer:
        assert answer.content_type == "image/jpeg"
        thumbnail = cv2.imdecode(np.frombuffer(await answer.read(), np.uint8), cv2.IMREAD_COLOR)
    assert thumbnail.shape == (256, 256, 3)
    kept = [f"faces/{face['id']}/photo", f"faces/{face['id']}/thumbnail.jpg"]
    assert sorted(await objects(gateway)) == kept


async def test_a_photo_may_come_by_resumable_upload(
    caller: Caller, gateway: Gateway, portrait: bytes
) -> None:
    upload = await caller.upload(portrait, purpose="face", filename="Eileen.jpg", filetype="image/jpeg")
    assert upload["state"] == "ready"
    face = await caller.call("GET", f"/faces/{upload['face_id']}")
    assert face["name"] == "Eileen"


@pytest.mark.parametrize("way", ["form", "tus"])
async def test_a_refused_photo_says_why_and_leaves_nothing(
    caller: Caller, gateway: Gateway, two_people: bytes, way: str
) -> None:
    if way == "form":
        problem = await caller.add_face(two_people, expect=422)
        reason, detail = problem["reason"], problem["context"]
    else:
        upload = await caller.upload(two_people, purpose="face", filename="we.jpg")
        reason, detail = upload["failure"]["reason"], upload["failure"]["detail"]
    assert reason == "several-faces"
    assert len(detail["boxes"]) == 2
    assert detail["picture"]
    assert await Face.all().count() == 0
    await until_removed(gateway)


async def test_a_refused_photo_that_is_thrown_away_is_forgotten(caller: Caller, two_people: bytes) -> None:
    upload = await caller.upload(two_people, purpose="face", filename="we.jpg")
    await until(
        Upload.filter(id=upload["id"], lock__isnull=True).exists
    )  # who looked at it lets go after the verdict
    await caller.call("DELETE", f"/uploads/{upload['id']}", 204, headers=TUS)
    row = await Upload.get(id=upload["id"])
    assert (row.state, row.failure) == (UploadState.EXPIRED, None)


async def until_removed(gateway: Gateway) -> None:
    async def check() -> bool:
        return not (await objects(gateway) or await Upload.filter(multipart__isnull=False).exists())

    await until(check)


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (b"", "empty-file"),
        (b"this is no picture", "not-a-picture"),
        (jpeg(np.full((400, 400, 3), 90, np.uint8)), "no-face"),
    ],
)
async def test_what_is_no_portrait_is_refused(
    caller: Caller, gateway: Gateway, photo: bytes, reason: str
) -> None:
    assert (await caller.add_face(photo, expect=422))["reason"] == reason
    await until_removed(gateway)


async def test_too_large_a_photo_is_refused_while_it_arrives(caller: Caller, gateway: Gateway) -> None:
    problem = await caller.add_face(bytes(26 * 10**6), expect=413)
    assert problem["context"]["limit"] == 25 * 10**6
    await until_removed(gateway)
    headers = {**TUS, "Upload-Length": str(26 * 10**6), "Upload-Metadata": "purpose ZmFjZQ=="}
    assert (await caller.call("POST", "/uploads", 413, headers=headers))["reason"] == "size-limit"


async def test_a_form_without_a_photo_is_refused(caller: Caller) -> None:
    form = aiohttp.FormData()
    form.add_field("other", b"x", filename="x.jpg")
    assert (await caller.call("POST", "/faces", 422, data=form))["errors"][0]["field"] == "photo"


async def test_a_face_is_removed_with_its_photo_but_not_while_a_job_needs_it(
    caller: Caller, stranger: Caller, gateway: Gateway, portrait: bytes
) -> None:
    face = await caller.add_face(portrait)
    await stranger.call("DELETE", f"/faces/{face['id']}", 404)
    await caller.call("DELETE", f"/faces/{face['id']}", 204)
    assert await objects(gateway) == []
    assert await caller.call("GET", "/faces") == []
    job = await submitted_job(caller)
    needed = await Face.get(job_faces__job_id=job.id)
    await caller.call("DELETE", f"/faces/{needed.id}", 409)


async def test_an_upload_whose_gateway_died_is_looked_at_by_another(
    caller: Caller, gateway: Gateway, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(gateway.inspector, "begin", lambda upload_id: None)
        path = await caller.create_upload(len(portrait), purpose="face", filename="a.jpg")
        await caller.patch(path, 0, portrait)
    assert (await caller.call("GET", path))["state"] == "probing"
    await until(
        Upload.filter(id=id_of(path), lock__isnull=True).exists
    )  # who added to it lets go after the answer
    async with held(id_of(path), UploadState.PROBING):
        await gateway.inspector.sweep()  # somebody is at it: left alone
    await gateway.inspector.sweep()
    assert (await caller.settled(path))["state"] == "ready"


async def test_looking_twice_makes_one_face(caller: Caller, gateway: Gateway, portrait: bytes) -> None:
    upload = await caller.upload(portrait, purpose="face", filename="a.jpg")
    await until(Upload.filter(id=upload["id"], lock__isnull=True).exists)
    await Upload.filter(id=upload["id"]).update(state=UploadState.PROBING)
    await gateway.store.put(f"uploads/{upload['id']}/source", portrait)
    await gateway.inspector.inspect(UUID(upload["id"]))
    assert await Face.all().count() == 1
