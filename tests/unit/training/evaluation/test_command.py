"""`visage evaluate` from end to end on a tiny data set."""

import json
from pathlib import Path
from typing import Any

import cv2
import pytest
import typer
from typer.testing import CliRunner

from tests.unit.training.evaluation.made import make
from training.evaluation.report import Report
from visage.commands.evaluate import evaluate


def run(*words: str) -> Any:
    """The answer to a command line."""
    app = typer.Typer()
    app.command()(evaluate)
    return CliRunner().invoke(app, [*words, "--json"])


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set."""
    return make(tmp_path_factory.mktemp("faces"))


@pytest.fixture(scope="module")
def evaluated(faces: Path) -> tuple[dict[str, Any], Path]:
    """What the stand-in got, and the contact sheet."""
    sheet = faces / "sheet.png"
    answer = run(
        *(
            "--engine",
            "paste",
            "--data",
            str(faces),
            "--limit",
            "8",
            "--sheet",
            str(sheet),
            "--without-outside",
            "--beside",
            "paste",
        )
    )
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout), sheet


def test_every_figure_is_there(evaluated: tuple[dict[str, Any], Path]) -> None:
    report = evaluated[0]
    assert set(report) == set(Report.model_fields)
    assert Report.model_validate(report).engine == "paste"
    assert (report["pairs"], report["people"], report["photos"]) == (8, 2, 4)
    assert report["sets"] == ["nasa", "navy"]
    assert report["outside"] is None
    assert report["retrieval_top1"] is None
    assert (report["retrieval"]["gallery"], report["retrieval"]["strangers"]) == (3, 1), (
        "pupils are no strangers"
    )
    assert report["retrieval"]["other_photo"] == 1


def test_a_pasted_face_looks_like_its_source(evaluated: tuple[dict[str, Any], Path]) -> None:
    report = evaluated[0]
    ends = report["baselines"]
    assert ends["no_swap"]["cosine_target_median"] == ends["source"]["cosine_source_median"] == 1
    assert ends["no_swap"]["retrieval_top1_sface"] == 0
    assert ends["source"]["retrieval_top1_sface"] == 1
    assert ends["no_swap"]["cosine_source_median"] < 0.3 < report["cosine_source_median"] < 1
    assert report["cosine_margin_median"] > 0.1
    assert report["retrieval"]["sface"]["top1"] == 1
    assert 0 < report["geometry"]["points_percent_median"] < ends["source"]["points_percent_median"] + 3
    assert report["reconstruction"]["photos"] == 2
    assert report["reconstruction"]["psnr_median"] > 20
    assert 0.5 < report["mask"]["face"] <= 1
    assert report["mask"]["around"] < 0.3
    assert {(group["of"], group["by"], group["value"]) for group in report["groups"]} >= {
        ("source", "gender", "female"),
        ("target", "licence", "clean"),
    }


def test_an_engine_beside_itself_differs_by_nothing(evaluated: tuple[dict[str, Any], Path]) -> None:
    report = evaluated[0]
    (beside,) = report["beside"]
    assert beside["engine"] == "paste"
    assert beside["weights"] is None
    assert beside["cosine_source_median"] == report["cosine_source_median"]
    assert {found["mean"] for found in beside["differences"].values()} == {0}


def test_the_contact_sheet_shows_every_pair(evaluated: tuple[dict[str, Any], Path]) -> None:
    sheet = cv2.imread(str(evaluated[1]))
    assert sheet is not None
    height, width = sheet.shape[:2]
    assert 8 * 160 < width < 9 * 160
    assert 4 * 160 < height < 5 * 160


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--engine", "paste", "--split", "exam"], "Splits: test, train, val; sets: nasa, navy"),
        (["--engine", "paste", "--set", "navy"], "shows 1 people"),
        (["--engine", "paste", "--tight"], "has no such photos"),
        (["--engine", "magic"], 'no engine "magic"'),
        (["--engine", "paste", "--weights", "generator=nowhere"], "names no weights"),
        (["--engine", "paste", "--beside", "compact=nowhere"], '"generator=nowhere" names no weights'),
        (["--engine", "paste", "--beside", "compact="], '"generator=" names no weights'),
    ],
)
def test_what_cannot_be_is_said(faces: Path, words: list[str], cause: str) -> None:
    answer = run(*words, "--data", str(faces), "--limit", "2", "--without-outside")
    assert answer.exit_code == 1
    assert cause in json.loads(answer.stdout)["message"]


def test_a_folder_without_faces_is_said(tmp_path: Path) -> None:
    answer = run("--engine", "paste", "--data", str(tmp_path), "--without-outside")
    assert answer.exit_code == 1
    assert "no index.csv" in json.loads(answer.stdout)["message"]
