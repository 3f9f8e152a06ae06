"""Which tests share a process where they run side by side: what a session starts is started once.

The groups of pytest-xdist name a test anew, which pytest 9.2 does not let happen: with them, every process would
start everything. Here nothing is named anew.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_ALONE = "test_kills.py"  # has a service of its own


def room_of(nodeid: str) -> str:
    """A file stays in one process; the files that need the whole service, and those in a browser, share one."""
    file = nodeid.split("::")[0]
    return "service" if file.startswith("tests/acceptance/") and not file.endswith(_ALONE) else file


class Rooms(LoadScopeScheduling):
    """Gives rooms out in the order of their folders: what takes longest comes first, what is short fills the end."""

    def __init__(self, config: pytest.Config, log: Producer | None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return room_of(nodeid)
