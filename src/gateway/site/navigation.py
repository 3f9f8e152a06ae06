"""The main navigation of a logged-in user."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A place to go; `current` where the page belongs to it."""

    label: str
    href: str
    icon: str
    current: bool


_ENTRIES = (
    ("New", "/new", "new", ("/new",)),
    ("Jobs", "/jobs", "film", ("/jobs",)),
    ("Faces", "/faces", "face", ("/faces",)),
    ("API", "/keys", "code", ("/keys", "/webhooks")),
    ("Account", "/account", "account", ("/account", "/usage")),
)
_ADMIN = ("Admin", "/admin", "shield", ("/admin",))

_TABS = (
    ("Queue", "/admin", "balance", ()),
    ("Jobs", "/admin/jobs", "film", ("/admin/jobs",)),
    ("Users", "/admin/users", "account", ("/admin/users",)),
    ("Tiers", "/admin/tiers", "frames", ("/admin/tiers", "/admin/new-tier")),
    ("Weights", "/admin/weights", "face", ("/admin/weights",)),
    ("Letters", "/admin/letters", "warn", ("/admin/letters",)),
    ("Log", "/admin/log", "info", ("/admin/log",)),
)


def navigation(path: str, is_admin: bool = False) -> list[Entry]:
    """The entries as seen from the page at `path`."""
    entries = (*_ENTRIES, _ADMIN) if is_admin else _ENTRIES
    return [Entry(label, href, icon, path.startswith(roots)) for label, href, icon, roots in entries]


def admin_tabs(path: str) -> list[Entry]:
    """The sister pages of administration."""
    return [
        Entry(label, href, icon, path.startswith(roots) if roots else path == href)
        for label, href, icon, roots in _TABS
    ]
