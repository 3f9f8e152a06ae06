"""Reasons of failures, and their HTTP statuses."""

from pathlib import Path

import pytest

import gateway
from contracts.errors import Reason
from gateway.problems import status_of

SOURCES = Path(gateway.__file__).parents[1]
# Where reasons are listed, not given.
LISTS = {SOURCES / "contracts" / "errors.py", SOURCES / "gateway" / "problems.py"}


@pytest.fixture(scope="module")
def source() -> str:
    """The code of every actor, without the lists of reasons."""
    return "\n".join(path.read_text() for path in SOURCES.rglob("*.py") if path not in LISTS)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_given_by_somebody(reason: Reason, source: str) -> None:
    assert f"Reason.{reason.name}" in source


def test_an_upload_that_broke_off_is_a_request_that_timed_out() -> None:
    assert status_of(Reason.UPLOAD_INTERRUPTED) == 408
