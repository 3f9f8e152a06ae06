"""What the page shows of a job that ended."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.states import JobState
from gateway.site.assets import TEMPLATES, asset
from gateway.site.formats import FILTERS
from gateway.site.texts import t
from gateway.views import FileView
from tests.unit.site.test_shown import shown_job


def _part(**changes: Any) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    environment.globals.update(t=t, asset=asset)
    environment.filters.update(FILTERS)
    job = shown_job(JobState.DONE, **changes)
    return environment.get_template("parts/job_done.html").render(job=job, csrf_token=lambda: "token")


def test_a_result_can_be_played_and_downloaded() -> None:
    file = FileView(url="/api/v1/jobs/1/result", size=1_200_000, content_type="video/mp4", filename="a<b.mp4")
    text = _part(result=file, preview_url="/preview", source_preview_url="/source")
    assert 'href="/api/v1/jobs/1/result" download="a&lt;b.mp4"' in text
    assert "(1.2 MB)" in text
    assert 'src="/preview"' in text and 'src="/source"' in text


def test_a_result_past_its_time_is_said_to_be_gone() -> None:
    text = _part(result=None)
    assert "No longer stored" in text
    assert "<video" not in text and "Download" not in text


def test_a_video_without_a_face_is_explained() -> None:
    words = "No face was found in it, so nothing was swapped."
    assert words in _part(no_face_found=True)
    assert words not in _part(no_face_found=False)
