"""What `visage weights import` says and asks before it needs a service."""

import json
import os
import pty
import sys
from pathlib import Path

import pytest
import torch
from tests.unit.gpu_agent.weights.made import small_generator
from typer.testing import CliRunner

from visage.commands.weights import app


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (["--family", "simswap"], "there are simswap-224"),
        (["--name", "My Weights"], "cannot be a name"),
        (["--name", "a" * 25], "at most 24"),
        (["--commercial"], "--license"),
        (["--commercial", "--license", " "], "--license"),
    ],
)
def test_what_cannot_be_asked_for_is_said(options: list[str], cause: str, tmp_path: Path) -> None:
    (tmp_path / "net_G.pth").write_bytes(b"")
    answer = CliRunner().invoke(app, ["import", str(tmp_path / "net_G.pth"), *options, "--json"])
    assert answer.exit_code == 1
    failure = json.loads(answer.stdout)
    assert failure["reason"] == "invalid"
    assert cause in failure["message"]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["import", str(tmp_path / "net_G.pth"), "--json"])
    assert answer.exit_code == 1
    assert "There is no file" in json.loads(answer.stdout)["message"]


def test_a_person_is_asked_what_names_cannot_tell(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net_G.pth"
    torch.save(small_generator().state_dict(), path)
    keyboard, terminal = pty.openpty()
    with os.fdopen(keyboard, "wb", buffering=0) as typing, os.fdopen(terminal) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        typing.write(b"trained-224\n")
        with pytest.raises(SystemExit):
            app(["import", str(path)])
    said = capfd.readouterr().err
    assert "simswap-224: the official weights of 2021" in said
    assert "Which family is it?" in said
    assert "first_layer.1.weight has the shape 2 x 3 x 7 x 7, and trained-224 needs 64 x 3 x 7 x 7" in said
