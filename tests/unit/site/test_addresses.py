"""Where pages lead: never out of the house, and to files as they are now."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.site.assets import asset
from gateway.site.navigation import navigation
from gateway.site.pages.entry import HOME, local_path

SITE = "https://visage.example"


@given(st.text())
@example("//elsewhere.example")
@example("/\\elsewhere.example")
@example("https://elsewhere.example/")
@example("/\t/elsewhere.example")
@example("javascript:alert(1)")
def test_a_log_in_leads_nowhere_else(target: str) -> None:
    # Browsers read a backslash as a slash.
    landed = urlsplit(urljoin(SITE, local_path(target).replace("\\", "/")))
    assert (landed.scheme, landed.netloc) == ("https", "visage.example")


@pytest.mark.parametrize("path", ["/jobs", "/jobs/7?x=1", "/new?upload=a&face=b"])
def test_a_log_in_leads_back_to_the_page(path: str) -> None:
    assert local_path(path) == path


def test_without_a_page_a_log_in_leads_to_work() -> None:
    assert local_path("") == HOME


def test_an_address_changes_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.site.assets.STATIC", tmp_path)
    (tmp_path / "a.css").write_text("one")
    first = asset("a.css")
    asset.cache_clear()
    (tmp_path / "a.css").write_text("two")
    assert first != asset("a.css")
    asset.cache_clear()


@pytest.mark.parametrize(
    ("path", "label"), [("/new", "New"), ("/jobs/1", "Jobs"), ("/webhooks", "API"), ("/account", "Account")]
)
def test_the_navigation_shows_where_one_is(path: str, label: str) -> None:
    assert [entry.label for entry in navigation(path) if entry.current] == [label]
