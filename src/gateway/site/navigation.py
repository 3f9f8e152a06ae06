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
    ("Account", "/account", "account", ("/account",)),
)


def navigation(path: str) -> list[Entry]:
    """The entries as seen from the page at `path`."""
    return [Entry(label, href, icon, path.startswith(roots)) for label, href, icon, roots in _ENTRIES]
