"""What the page says of a job before it is started."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.quotes import Quote
from gateway.site.assets import TEMPLATES, asset
from gateway.site.formats import FILTERS
from gateway.site.texts import t

QUOTE = Quote(
    gpu_seconds=95.0, measured=7, segments=12, queue_position=4, starts_seconds=3.0, eta_seconds=50.0
)


def _part(quote: Quote | None) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    environment.globals.update(t=t, asset=asset)
    environment.filters.update(FILTERS)
    target: dict[str, Any] = {
        "id": "1",
        "ready": True,
        "kind": "video",
        "seconds": 60.0,
        "parts": 12,
        "result": "r",
    }
    return environment.get_template("parts/start.html").render(
        target=target, quote=quote, each=False, unfinished=1, missing="", csrf_token=lambda: "token",
        tier={"max_jobs": 3, "retention_days": 7}, engine={"name": "paste", "note": "n", "stand_in": False},
    )  # fmt: skip


def test_cost_and_end_are_shown_before_the_start() -> None:
    text = _part(QUOTE)
    assert "about 1 min 35 s" in text and "about 50 s if started now" in text


def test_what_is_only_assumed_is_said_to_be() -> None:
    assert "1 min 35 s at most, as far as is known" in _part(QUOTE.model_copy(update={"measured": 0}))


def test_what_nobody_knows_is_not_shown() -> None:
    assert "Ready in" not in _part(QUOTE.model_copy(update={"eta_seconds": None}))
    assert "GPU time" not in _part(None)
