"""From a checkpoint to what agents run."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from typer.testing import CliRunner

from contracts.errors import Reason, WorkError
from contracts.packaged import CLEAN, RESEARCH
from gpu_agent.networks.compact_files import folded, load_compact
from tests.packages import SMALL, lively
from training import export as exporting
from training.export import export, license_of
from training.recipe import Data, Recipe
from visage.cli import app

RECIPE = Recipe(name="small", widths=SMALL.widths, blocks=SMALL.blocks)


def checkpoint(folder: Path, recipe: Recipe = RECIPE) -> Path:
    """As `training.checkpoints` leaves it, as far as it is read: the mean network in two files, beside others."""
    folder.mkdir()
    state = {f"mean/{name}": one for name, one in lively().state_dict().items()}
    first = {name: one for name, one in state.items() if "blocks" in name}
    save_file(first | {"generator/head.bias": torch.ones(16)}, folder / "part-00.safetensors")
    save_file({name: one for name, one in state.items() if name not in first}, folder / "part-01.safetensors")
    (folder / "state.json").write_text(
        json.dumps({"recipe": recipe.model_dump(), "steps": 70, "seconds": 90.0})
    )
    return folder


def test_what_is_written_is_the_mean_network_and_says_where_it_comes_from(tmp_path: Path) -> None:
    done = export(checkpoint(tmp_path / "checkpoint"), "ours", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["ours.onnx", "ours.safetensors"]
    assert (done.minutes, done.steps, done.license) == (1.5, 70, RESEARCH)
    assert done.agreement > 55
    for name, tensor in folded(lively()).state_dict().items():
        assert torch.equal(load_compact(done.weights).state_dict()[name], tensor.half().float()), name
    with safe_open(done.weights, framework="numpy") as kept:
        said = kept.metadata()
        assert {str(kept.get_tensor(name).dtype) for name in kept.keys()} == {"float16"}  # noqa: SIM118
    assert (said["family"], said["name"], said["license"], said["steps"]) == (
        "compact",
        "ours",
        RESEARCH,
        "70",
    )
    assert Recipe.model_validate_json(said["recipe"]) == RECIPE


def test_the_same_checkpoint_makes_the_same_bytes(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "checkpoint")
    once, again = (export(folder, "ours", tmp_path / out) for out in ("a", "b"))
    assert once.weights.read_bytes() == again.weights.read_bytes()
    assert once.graph.read_bytes() == again.graph.read_bytes()


def test_one_class_of_faces_for_research_makes_the_weights_so() -> None:
    assert license_of(RECIPE.model_copy(update={"data": Data(classes=("clean",))})) == CLEAN
    for classes in (("clean", "research"), ("research",), (), ("clean", "unknown")):
        assert license_of(RECIPE.model_copy(update={"data": Data(classes=classes)})) == RESEARCH


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "checkpoint", RECIPE.model_copy(update={"blocks": 2}))
    with pytest.raises(WorkError) as caught:
        export(folder, "ours", tmp_path / "out")
    assert caught.value.reason is Reason.BAD_CHECKPOINT
    with pytest.raises(WorkError, match="no checkpoint"):
        export(tmp_path / "nothing", "ours", tmp_path / "out")


def test_files_that_do_not_agree_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as those of a graph with another slope."""
    monkeypatch.setattr("training.graph._SLOPE", 0.6)
    with pytest.raises(WorkError, match="agree to") as caught:
        export(checkpoint(tmp_path / "checkpoint"), "ours", tmp_path / "out")
    assert caught.value.reason is Reason.BAD_CHECKPOINT
    assert exporting.LEAST_AGREEMENT == 40


def test_the_command_says_what_it_wrote_and_for_whom(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "checkpoint")
    said = CliRunner().invoke(
        app, ["export", str(folder), "--name", "mine", "--out", str(tmp_path), "--json"]
    )
    assert said.exit_code == 0, said.output
    report = json.loads(said.stdout)
    assert (report["license"], report["graph"]) == (RESEARCH, str(tmp_path / "mine.onnx"))
    assert Path(report["weights"]).is_file()
    said = CliRunner().invoke(app, ["export", str(folder), "--name", "../mine", "--json"])
    assert (said.exit_code, json.loads(said.stdout)["reason"]) == (1, "invalid")
