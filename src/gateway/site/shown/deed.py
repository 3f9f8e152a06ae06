"""What an admin did, in the words of the page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.admin.views import DeedView
from gateway.site.texts import t
from storage.admin.deeds import PREFIX

_LONGEST = 120  # characters of a value; the API gives all of it
_PAGES = {"user": "users", "tier": "tiers", "job": "jobs"}
_NOTHING = "\u2013"


@dataclass(frozen=True)
class DeedShown:
    """One line of the log. `link` leads to what it was done to, where there is a page of it."""

    action: str
    target: str
    link: str
    by: str
    address: str | None
    changes: list[tuple[str, str, str]]
    created_at: datetime

    @classmethod
    def of(cls, view: DeedView) -> "DeedShown":
        """A deed in words."""
        kind, _, name = view.subject.partition(":")
        return cls(
            action=view.action.removeprefix(PREFIX),
            target=view.subject_email or view.subject.replace(":", " ", 1),
            link=f"/admin/{_PAGES[kind]}/{name}" if kind in _PAGES else "",
            by=view.email or t("command line"),
            address=view.address,
            changes=_changes(view.before or {}, view.after or {}),
            created_at=view.created_at,
        )


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            name.replace("_", " "),
            _value(before[name]) if name in before else "",
            _value(after[name]) if name in after else "",
        )
        for name in dict.fromkeys([*before, *after])
    ]


def _value(value: object) -> str:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if isinstance(value, list):
        return str(len(value))
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "\u2026"
