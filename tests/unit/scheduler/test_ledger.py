"""Jobs are found by their user, whatever came and went."""

from dataclasses import dataclass
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from scheduler.ledger import Ledger


@dataclass
class Job:
    user: UUID


_SMALL = st.integers(0, 5)


@given(st.lists(st.tuples(_SMALL, _SMALL, st.booleans())))
def test_a_users_jobs_are_those_that_are_there(steps: list[tuple[int, int, bool]]) -> None:
    ledger: Ledger[Job] = Ledger()
    for number, owner, comes in steps:
        job_id = UUID(int=number)
        if comes:
            ledger[job_id] = Job(UUID(int=owner))
        elif job_id in ledger:
            del ledger[job_id]
        users = {job.user for job in ledger.values()}
        assert set(ledger.users()) == users
        for user in users:
            assert list(map(id, ledger.of(user))) == [id(job) for job in ledger.values() if job.user == user]
    assert list(ledger.of(UUID(int=99))) == []
