"""Training: it learns, stops in time, goes on where it stopped, and says what it cannot do."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from contracts.errors import Reason, WorkError
from tests import packs
from training import checkpoints, pack, recipe
from training.material import Material, material, pairs
from training.recipe import Data, Recipe
from training.recognizers import create
from training.run import Plan, train
from training.trainer import Trainer

SMALL = Recipe(
    name="small",
    widths=(8, 8, 8),
    blocks=1,
    batch=4,
    critic_width=2,
    precision="float32",
    rate=2e-3,
    warm_steps=1,
    ramp_steps=2,
    early_steps=4,
)


Recognizers = dict[str, nn.Module]


@pytest.fixture(scope="module")
def recognizers() -> Recognizers:
    return create(("sface", "mobilefacenet"), "cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packs.small(tmp_path_factory.mktemp("pack"))


@pytest.fixture(scope="module")
def known(folder: Path, recognizers: Recognizers, tmp_path_factory: pytest.TempPathFactory) -> Material:
    faces = pack.read(folder).split("train")
    return material(faces, Data(), recognizers, "cpu", tmp_path_factory.mktemp("vectors"))


def test_pairs_are_of_one_person_as_often_as_asked(known: Material) -> None:
    drawn = pairs(known, 8, 0.5, torch.Generator().manual_seed(1))
    assert drawn.same[:4].all()
    assert (known.persons[drawn.targets] == known.persons[drawn.sources]).equal(drawn.same)


def test_a_step_moves_the_network_and_its_mean_after_it(known: Material, recognizers: Recognizers) -> None:
    trainer = Trainer(SMALL, known, recognizers, "cpu")
    before = trainer.mean.head.weight.clone()
    first = trainer.step(0.0)
    rows = [trainer.step(0.0) for _ in range(11)]
    assert rows[-1]["reconstruction"] < first["reconstruction"]
    assert trainer.steps == 12
    assert first["identity"] == 0
    assert any(row["identity"] for row in rows)
    assert not trainer.mean.head.weight.equal(before)
    assert all(parameter.requires_grad for parameter in trainer.critic.parameters())


def test_a_training_that_goes_on_is_the_one_that_never_stopped(
    known: Material, recognizers: Recognizers, tmp_path: Path
) -> None:
    through = Trainer(SMALL, known, recognizers, "cpu")
    for _ in range(2):
        through.step(0.0)
    checkpoints.save(tmp_path / "checkpoint", through, 7.5)
    wanted = through.step(0.1)
    resumed = Trainer(SMALL, known, recognizers, "cpu")
    assert checkpoints.load(tmp_path / "checkpoint", resumed) == 7.5
    assert resumed.step(0.1) == pytest.approx(wanted, rel=1e-4)
    assert resumed.steps == 3


def test_a_checkpoint_of_another_network_is_refused(
    known: Material, recognizers: Recognizers, tmp_path: Path
) -> None:
    checkpoints.save(tmp_path / "checkpoint", Trainer(SMALL, known, recognizers, "cpu"), 1)
    other = Trainer(SMALL.model_copy(update={"widths": (8, 8, 16)}), known, recognizers, "cpu")
    with pytest.raises(WorkError, match="another network") as caught:
        checkpoints.load(tmp_path / "checkpoint", other)
    assert caught.value.reason is Reason.BAD_CHECKPOINT
    with pytest.raises(WorkError, match="holds no checkpoint"):
        checkpoints.load(tmp_path / "elsewhere", other)


def test_files_of_a_checkpoint_stay_small(
    known: Material, recognizers: Recognizers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_MOST", 20_000)
    trainer = Trainer(SMALL, known, recognizers, "cpu")
    checkpoints.save(tmp_path / "checkpoint", trainer, 1)
    files = list((tmp_path / "checkpoint").glob("*.safetensors"))
    assert len(files) > 3
    assert checkpoints.read(tmp_path / "checkpoint").keys() >= {"mean/head.weight", "generator/head.weight"}


def test_a_training_ends_in_time_and_goes_on_from_its_folder(folder: Path, tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    plan = Plan(data=folder, out=tmp_path, minutes=0.02, piece=10, device="cpu", look=10)
    train(SMALL, plan, told.append)
    longer = Plan(data=folder, out=tmp_path, minutes=0.03, piece=10, device="cpu", look=10)
    train(SMALL, longer, told.append)
    assert [row["steps"] for row in told] == sorted({row["steps"] for row in told})
    assert told[-1]["minutes"] >= 0.03
    logged = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert logged == told
    assert {"sheet.png", "curves.png"} <= {file.name for file in tmp_path.iterdir()}
    assert checkpoints.recipe(tmp_path / "checkpoint") == SMALL


def test_no_gpu_is_told_at_once(folder: Path, tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("There is a GPU here.")
    plan = Plan(data=folder, out=tmp_path, minutes=1, piece=1, device="cuda")
    with pytest.raises(WorkError, match="finds no GPU") as caught:
        train(SMALL, plan, lambda _: None)
    assert caught.value.reason is Reason.ENGINE_FAILED


def test_identity_counts_most_early_and_realism_late() -> None:
    plan = Recipe(name="plan", warm_steps=10, ramp_steps=10, early_steps=40, settle_steps=20)
    assert plan.weights_at(0, 0.5)["identity"] == pytest.approx(plan.early.identity / 10)
    assert plan.weights_at(30, 0.5)["identity"] == plan.early.identity
    assert plan.weights_at(30, 0.5)["shown"] == 0
    between = plan.weights_at(50, 0.5)
    assert between["identity"] == pytest.approx((plan.early.identity * plan.weights.identity) ** 0.5)
    assert plan.weights_at(60, 0.5) == pytest.approx(plan.weights.model_dump())
    assert plan.weights_at(60, plan.final_from) == pytest.approx(plan.final.model_dump())
    assert plan.final.identity < plan.weights.identity


def test_recipes_are_read_by_name_and_by_path(tmp_path: Path) -> None:
    assert recipe.read("compact").widths == (48, 96, 192)
    own = tmp_path / "own.toml"
    own.write_text("batch = 4\n[weights]\nidentity = 3\n")
    assert (recipe.read(str(own)).name, recipe.read(str(own)).weights.identity) == ("own", 3)
    own.write_text("bach = 4\n")
    with pytest.raises(WorkError, match="bach"):
        recipe.read(str(own))
    with pytest.raises(WorkError, match="known are compact") as caught:
        recipe.read("unknown")
    assert caught.value.reason is Reason.BAD_RECIPE
