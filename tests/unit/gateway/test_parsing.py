"""What requests bring is read strictly."""

import base64
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Reason, RequestError
from gateway.api.tus import read_metadata
from gateway.bodies import validate
from gateway.intake.writer import MOST_PARTS, PART_BYTES, part_size
from gateway.requests import JobRequest
from gateway.services.accounts import normal_email
from gateway.services.uploads import clean_name

NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)


@given(st.dictionaries(NAMES, st.text(min_size=1), max_size=5))
def test_tus_metadata_comes_back_as_it_was_sent(pairs: dict[str, str]) -> None:
    header = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in pairs.items())
    assert read_metadata(header) == pairs


@pytest.mark.parametrize("header", ["filename ###", "filename /w=="])
def test_wrong_tus_metadata_is_refused(header: str) -> None:
    with pytest.raises(RequestError):
        read_metadata(header)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "upload_id"),
        ({"upload_id": "x", "face_id": str(uuid4())}, "upload_id"),
        ({"upload_id": str(uuid4())}, ""),
        ({"upload_id": str(uuid4()), "face_id": str(uuid4()), "colour": "red"}, "colour"),
        ({"upload_id": str(uuid4()), "face_id": str(uuid4()), "engine": "../x"}, "engine"),
    ],
)
def test_a_wrong_body_is_refused_with_the_field_that_is_wrong(body: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestError) as caught:
        validate(JobRequest, body)
    assert caught.value.reason is Reason.INVALID
    assert field in [error["field"] for error in caught.value.detail["errors"]]


@pytest.mark.parametrize("way", ["face_id", "face_ids"])
def test_a_face_may_be_named_alone_or_in_a_list(way: str) -> None:
    face = uuid4()
    named = str(face) if way == "face_id" else [str(face)]
    assert validate(JobRequest, {"upload_id": str(uuid4()), way: named}).casting == [(face, None)]


def test_a_second_face_for_everybody_is_refused() -> None:
    with pytest.raises(RequestError, match="one face for everybody; 2 were given") as caught:
        validate(JobRequest, {"upload_id": str(uuid4()), "face_ids": [str(uuid4()), str(uuid4())]})
    assert [error["field"] for error in caught.value.detail["errors"]] == ["face_ids"]


def test_addresses_are_kept_in_one_spelling() -> None:
    assert normal_email("  Ann.Lee@Example.COM ") == "ann.lee@example.com"
    with pytest.raises(RequestError):
        normal_email("no address")


def test_file_names_lose_folders_and_control_characters() -> None:
    assert clean_name("../../etc/pass\nwd", "x") == "passwd"
    assert clean_name("C:\\videos\\me.mp4", "x") == "me.mp4"
    assert clean_name("\0", "target") == "target"
    assert len(clean_name("a" * 300 + ".mp4", "x")) == 255


@given(st.integers(1, 80 * 10**9))
def test_no_upload_has_more_parts_than_stores_take(size: int) -> None:
    part = part_size(size)
    assert part >= PART_BYTES
    assert -(-size // part) <= MOST_PARTS
