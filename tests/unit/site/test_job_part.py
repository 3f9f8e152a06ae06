"""What the page shows of a job that ended."""

from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.notes import Note, NoteKind
from contracts.states import JobState
from gateway.site.assets import TEMPLATES, asset
from gateway.site.formats import FILTERS
from gateway.site.shown.note import NoteShown
from gateway.site.texts import t
from gateway.views.files import FileView
from tests.unit.site.test_shown import shown_job

_FILE = FileView(url="/api/v1/jobs/1/result", size=1_200_000, content_type="video/mp4", filename="a<b.mp4")


def _part(**changes: Any) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    environment.globals.update(t=t, asset=asset)
    environment.filters.update(FILTERS)
    job = shown_job(JobState.DONE, **changes)
    return environment.get_template("parts/job_done.html").render(job=job, csrf_token=lambda: "token")


def test_a_result_can_be_played_and_downloaded() -> None:
    text = _part(result=_FILE, preview_url="/preview", source_preview_url="/source")
    assert 'href="/api/v1/jobs/1/result" download="a&lt;b.mp4"' in text
    assert "(1.2 MB)" in text
    assert 'src="/preview"' in text and 'src="/source"' in text


def test_a_result_past_its_time_is_said_to_be_gone() -> None:
    text = _part(result=None)
    assert "No longer stored" in text
    assert "<video" not in text and "Download" not in text


@pytest.mark.parametrize("kind", NoteKind)
def test_notes_on_the_result_are_told_under_a_title(kind: NoteKind) -> None:
    words = "Only <the> left half."
    text = _part(notes=[Note(kind=kind, text=words)])
    assert "Only &lt;the&gt; left half." in text and NoteShown.of(Note(kind=kind, text=words)).title in text
    assert "notice" not in _part(notes=[], result=_FILE)
