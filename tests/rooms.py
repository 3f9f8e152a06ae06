"""Which tests share a process where they run side by side: what a session starts is started once.

The groups of pytest-xdist name a test anew, which pytest 9.2 does not let happen: with them, every process would
start everything. Here nothing is named anew.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

_ALONE = "test_kills.py"  # has a service of its own


def room_of(nodeid: str) -> str:
    """A file stays in one process; the files that need the whole service, and those in a browser, share one."""
    file = nodeid.split("::")[0]
    return "service" if file.startswith("tests/acceptance/") and not file.endswith(_ALONE) else file


class Rooms(LoadScopeScheduling):
    """Gives rooms out in the order of their folders: what takes longest comes first, what is short fills the end.

    A process that dies fails the test it died in; another one does what was left of its rooms. (xdist's own way tries
    the deadly test again, waits for ever for a room with nothing left, and gives work to those who still collect.)
    """

    def __init__(self, config: pytest.Config, log: Producer | None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def remove_node(self, node: WorkerController) -> str | None:
        """Take back what a process had not done; the test it died in, if any."""
        rooms = self.assigned_work.pop(node)
        undone = {room: [test for test, done in tests.items() if not done] for room, tests in rooms.items()}
        died_in = next((tests.pop(0) for tests in undone.values() if tests), None)
        self.workqueue.update({room: dict.fromkeys(tests, False) for room, tests in undone.items() if tests})
        if self.workqueue:
            for other in self.nodes:
                self._reschedule(other)
        return died_in

    def _reschedule(self, node: WorkerController) -> None:
        if node in self.registered_collections:
            super()._reschedule(node)

    def _split_scope(self, nodeid: str) -> str:
        return room_of(nodeid)
