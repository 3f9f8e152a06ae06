"""`run.json` is believed only while its supervisor lives, and there is one supervisor a folder."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.errors import Reason, RequestError
from visage import runfile
from visage.runfile import RunFile, RunningProcess

RUN = RunFile(
    url="http://127.0.0.1:8080",
    pid=os.getpid(),
    started_at=datetime(2026, 1, 2, tzinfo=UTC),
    processes={"agent-1": RunningProcess(pid=7, health="http://127.0.0.1:9")},
)


def test_it_says_what_runs(tmp_path: Path) -> None:
    with runfile.only_one(tmp_path):
        runfile.write(tmp_path, RUN)
        assert runfile.read(tmp_path) == RUN


def test_nothing_runs_in_an_empty_folder(tmp_path: Path) -> None:
    assert runfile.read(tmp_path) is None


def test_what_a_killed_supervisor_left_is_not_believed(tmp_path: Path) -> None:
    with runfile.only_one(tmp_path):
        runfile.write(tmp_path, RUN)
    assert runfile.read(tmp_path) is None


def test_a_second_supervisor_is_refused_and_told_where_the_first_is(tmp_path: Path) -> None:
    with runfile.only_one(tmp_path):
        runfile.write(tmp_path, RUN)
        with pytest.raises(RequestError, match=RUN.url) as refused, runfile.only_one(tmp_path):
            pass
    assert refused.value.reason is Reason.CONFLICT


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with runfile.only_one(tmp_path):
            assert runfile.is_locked(tmp_path)
    assert not runfile.is_locked(tmp_path)
