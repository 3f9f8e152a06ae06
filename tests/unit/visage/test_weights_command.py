"""What `visage weights import` refuses before it opens anything."""

import json
from pathlib import Path

import pytest
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
