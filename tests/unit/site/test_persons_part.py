"""Step 2 of the page where a job is made, for each of the people in a video."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.errors import RequestError
from gateway.people import PersonView
from gateway.site.assets import TEMPLATES, asset
from gateway.site.formats import FILTERS
from gateway.site.pages.choice import Choice
from gateway.site.shown.person import PersonShown
from gateway.site.texts import t

FACE = SimpleNamespace(id=uuid4(), name="Grace", thumbnail_url="/t")


def person(name: str, face: UUID | None = None, *, picture: bool = False) -> PersonShown:
    view = PersonView(name=name, share=0.5, seconds=1.0, thumbnail_url=f"/{name}")
    return PersonShown.of(view, face, picture)


def part(state: str | None, persons: list[PersonShown]) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    environment.globals.update(t=t, asset=asset)
    environment.filters.update(FILTERS)
    failure = {"message": "It is damaged."}
    cast: Any = {"state": state, "failure": failure} if state else None
    return environment.get_template("parts/persons.html").render(cast=cast, persons=persons, faces=[FACE])


@pytest.mark.parametrize("state", [None, "searching"])
def test_while_nobody_is_found_yet_the_search_goes_on(state: str | None) -> None:
    text = part(state, [])
    assert "data-searching" in text and "Nobody" not in text


def test_a_search_that_failed_says_why_and_can_be_tried_again() -> None:
    text = part("failed", [])
    assert "It is damaged." in text and "data-search-again" in text


def test_where_nobody_is_seen_it_says_so() -> None:
    assert "Nobody was found" in part("ready", [])


def test_each_person_has_every_face_and_none() -> None:
    text = part("ready", [person("person-1"), person("person-12", FACE.id)])
    assert text.count("<fieldset") == 2 and text.count('type="radio"') == 4
    assert "Person 12" in text and "seen 50 % of the time" in text
    assert f'name="person-12" value="{FACE.id}" form="start" checked' in text
    assert 'name="person-1" value="" form="start" checked' in text
    assert "of the time" not in part("ready", [person("person-1", picture=True)])


def test_the_address_says_who_gets_which_face() -> None:
    upload, face = uuid4(), uuid4()
    values = {
        "upload": str(upload),
        "who": "each",
        "person-2": str(face),
        "person-3": "",
        "person-x": str(face),
    }
    request = Choice.of(values, "upload", "face").request()
    assert (request.upload_id, request.persons) == (upload, {"person-2": face})
    everybody = Choice.of({**values, "who": "", "face": str(face)}, "upload", "face").request()
    assert (everybody.face_id, everybody.persons) == (face, {})


@pytest.mark.parametrize("missing", ["upload", "person-1"])
def test_without_a_video_or_any_face_there_is_no_job(missing: str) -> None:
    values = {"upload": str(uuid4()), "who": "each", "person-1": str(uuid4())}
    del values[missing]
    with pytest.raises(RequestError):
        Choice.of(values, "upload", "face").request()
