"""What pages of admins say, and who sees the way to them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.messages import now
from contracts.states import AttemptState, JobState, SegmentState
from gateway.admin.views import AttemptView, DeedView, TroubleView
from gateway.site.formats import percent
from gateway.site.navigation import admin_tabs, navigation
from gateway.site.shown.deed import DeedShown
from gateway.site.shown.trouble import TroubleLine
from gateway.views.jobs import MaintenanceView
from tests.unit.site.test_shown import shown_job


def _deed(**changes: object) -> DeedShown:
    values = {
        "id": 1, "action": "admin.tier.change", "subject": "tier:pro", "user_id": None, "email": None,
        "subject_email": None, "address": None, "before": None, "after": None, "created_at": now(),
    }  # fmt: skip
    return DeedShown.of(DeedView.model_validate(values | changes))


def test_only_admins_are_led_to_administration() -> None:
    assert "Admin" not in [entry.label for entry in navigation("/jobs")]
    [current] = [entry for entry in navigation("/admin/users", is_admin=True) if entry.current]
    assert current.label == "Admin"
    [tab] = [entry for entry in admin_tabs("/admin/users/1") if entry.current]
    assert tab.label == "Users"


@pytest.mark.parametrize(
    ("fraction", "words"), [(0, "0 %"), (0.004, "0.4 %"), (0.0949, "9.5 %"), (0.1, "10 %"), (1, "100 %")]
)
def test_shares_are_written_as_percent(fraction: float, words: str) -> None:
    assert percent(fraction) == words


def test_a_deed_shows_what_was_another() -> None:
    shown = _deed(before={"weight": 2.0, "burst": True, "note": ""}, after={"weight": 2.5, "burst": False})
    assert (shown.action, shown.target, shown.link) == ("tier.change", "tier pro", "/admin/tiers/pro")
    assert shown.changes == [("weight", "2", "2.5"), ("burst", "yes", "no"), ("note", "\u2013", "")]
    assert shown.by == "command line"


def test_a_deed_to_a_user_names_the_address_and_leads_there() -> None:
    user_id = uuid4()
    shown = _deed(subject=f"user:{user_id}", subject_email="ann@example.com", after={"jobs": ["a", "b"]})
    assert (shown.target, shown.link) == ("ann@example.com", f"/admin/users/{user_id}")
    assert shown.changes == [("jobs", "", "2")]
    assert _deed(subject="pause:pro").link == ""


def test_a_part_in_trouble_counts_from_one_and_tells_each_try() -> None:
    began = now() - timedelta(seconds=8)
    tried = AttemptView(
        id=uuid4(), number=1, state=AttemptState.LOST, agent_id=None, deliveries=2, gpu_seconds=3, charged_seconds=0,
        failure=None, released_at=began, started_at=None, ended_at=began + timedelta(seconds=6),
    )  # fmt: skip
    view = TroubleView(index=0, state=SegmentState.FAILED, seconds=5, failure=None, attempts=[tried])
    line = TroubleLine.of(view)
    assert (line.title, line.tone) == ("Part 1, 5 s", "bad")
    [attempt] = line.attempts
    assert (attempt.agent, attempt.took, attempt.cost) == ("none took it", "6 s", "3 s, charged 0 s")


@pytest.mark.parametrize(("state", "held"), [(JobState.WAITING, True), (JobState.MERGING, False)])
def test_a_job_says_that_maintenance_holds_it_back(state: JobState, held: bool) -> None:
    maintenance = MaintenanceView(since=now(), note="Back at 18:00.")
    job = shown_job(state, {"paused": True}, maintenance=maintenance)
    assert job.paused == held
    assert (job.label == "paused") == held
    assert (job.maintenance == "Back at 18:00.") == held
