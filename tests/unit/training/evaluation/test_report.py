"""Nobody has to guess what a figure means."""

import inspect
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from training.evaluation import report
from training.evaluation.report import Report

PAGE = Path(__file__).resolve().parents[4] / "docs" / "evaluation.md"
MODELS = [
    model
    for _, model in inspect.getmembers(report, inspect.isclass)
    if issubclass(model, BaseModel) and vars(model).get("__annotations__")
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_figure_is_described(model: type[BaseModel]) -> None:
    described = set(re.findall(r"\w+", (model.__doc__ or "").partition("Attributes:")[2]))
    own = set(vars(model)["__annotations__"]) - {"model_config"}
    by_themselves = {
        name for name in own if any(kind.__name__ in str(model.model_fields[name]) for kind in MODELS)
    }
    assert own - by_themselves - described == set()


def test_the_page_names_every_part() -> None:
    named = set(re.findall(r"\w+", PAGE.read_text()))
    plain = {"engine", "pairs", "people", "photos", "data", "split", "seed", "sets"}
    short = {name.replace("_median", "").replace("_quartiles", "").replace("_same", "") for name in named}
    parts = {
        name.replace("_quartiles", "").replace("_same", "").replace("_median", "")
        for name in Report.model_fields
    }
    assert parts - short - plain == set()
