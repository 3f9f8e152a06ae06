"""The description names what can go wrong."""

import pytest

from contracts.errors import Reason
from gateway.api.openapi import document
from gateway.api.routes import OPERATIONS


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("post", "/jobs", "422", Reason.ENGINE_MISSING),
        ("post", "/uploads", "408", Reason.UPLOAD_INTERRUPTED),
        ("patch", "/uploads/{upload_id}", "408", Reason.UPLOAD_INTERRUPTED),
    ],
)
def test_failures_stand_under_their_status(method: str, path: str, status: str, reason: Reason) -> None:
    answers = document(OPERATIONS)["paths"][f"/api/v1{path}"][method]["responses"]
    assert f"urn:visage:problem:{reason}" in answers[status]["description"].split(", ")


def test_a_job_is_described_with_one_face() -> None:
    assert (
        document(OPERATIONS)["components"]["schemas"]["JobRequest"]["properties"]["face_ids"]["maxItems"] == 1
    )
