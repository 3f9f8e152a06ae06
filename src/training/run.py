"""A training from its start or a checkpoint until its time is over."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from contracts.errors import Reason, WorkError
from training import checkpoints, looking, pack
from training.material import material
from training.recipe import Recipe
from training.recognizers import create
from training.trainer import Figures, Trainer

Tell = Callable[[dict[str, Any]], None]
_LOOKED_AT = 96


@dataclass(frozen=True)
class Plan:
    """Where a training reads and writes, and how long it takes.

    `minutes` is the whole training, over which the learning rate falls, all earlier pieces counted. This piece ends
    after `piece` minutes at the latest; the next one goes on from its checkpoint.
    """

    data: Path
    out: Path
    minutes: float
    piece: float
    device: str
    look: float = 5.0


def train(recipe: Recipe, plan: Plan, tell: Tell) -> None:
    """Train, going on from the checkpoint in `plan.out` if there is one. Each look is written there and told.

    Raises:
        WorkError: `BAD_FACES`, `BAD_CHECKPOINT`; `ENGINE_FAILED` where the device is not there.
    """
    started = time.monotonic()
    _require(plan.device)
    recognizers = create({"sface", *recipe.data.judges}, plan.device)
    faces = pack.read(plan.data).where(lambda row: row.licence_class in recipe.data.classes)
    learned, held = (
        material(faces.split(split), recipe.data, recognizers, plan.device, plan.out)
        for split in ("train", "val")
    )
    trainer = Trainer(recipe, learned, recognizers, plan.device)
    folder = plan.out / "checkpoint"
    before = checkpoints.load(folder, trainer) if folder.exists() else 0.0
    _loop(trainer, looking.Look(held, recognizers["sface"], _LOOKED_AT), plan, before, started, tell)


def _loop(
    trainer: Trainer, look: looking.Look, plan: Plan, before: float, started: float, tell: Tell
) -> None:
    # Setting up counts toward the piece, which must fit its time, and not toward the training.
    begun = time.monotonic()
    end = min(started + plan.piece * 60, begun + plan.minutes * 60 - before)
    next_look = begun + plan.look * 60
    recent: list[Figures] = []
    last = False
    while not last:
        now = time.monotonic()
        last = now >= end
        if recent and (last or now >= next_look):
            _write(trainer, look, plan, before + now - begun, recent, tell)
            recent, next_look = [], time.monotonic() + plan.look * 60
        if not last:
            recent.append(trainer.step((before + now - begun) / (plan.minutes * 60)))


def _write(
    trainer: Trainer, look: looking.Look, plan: Plan, seconds: float, recent: list[Figures], tell: Tell
) -> None:
    checkpoints.save(plan.out / "checkpoint", trainer, seconds)
    seen, sheet = look(trainer.mean, trainer.early)
    row: dict[str, Any] = {"minutes": round(seconds / 60, 2), "steps": trainer.steps, **looking.figures(seen)}
    row["losses"] = {name: round(fmean(one[name] for one in recent), 4) for name in recent[0]}
    with (plan.out / "log.jsonl").open("a") as log:
        log.write(json.dumps(row) + "\n")
    looking.save_picture(plan.out / "sheet.png", sheet)
    rows = [json.loads(line) for line in (plan.out / "log.jsonl").read_text().splitlines()]
    looking.draw_curves(plan.out / "curves.png", rows)
    tell(row)


def _require(device: str) -> None:
    if device != "cpu" and not torch.cuda.is_available():
        message = f"Nothing can be trained on {device}: torch {torch.__version__} finds no GPU there."
        raise WorkError(Reason.ENGINE_FAILED, message, retryable=False)
