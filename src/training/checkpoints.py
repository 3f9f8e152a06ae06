"""A checkpoint: a folder that holds all of a training's state, in files small enough to carry anywhere."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from contracts.errors import Reason, WorkError
from training.recipe import Recipe
from training.trainer import Trainer

# Bytes of a file at most: what transfers commonly allow.
_MOST = 15 * 2**20
_STATE = "state.json"


def save(folder: Path, trainer: Trainer, seconds: float) -> None:
    """Write the trainer's state in place of what the folder held; a crash leaves the old or the new one."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for number, part in enumerate(_parts(_tensors(trainer))):
        save_file(part, fresh / f"part-{number:02}.safetensors")
    state = {"recipe": trainer.recipe.model_dump(), "steps": trainer.steps, "seconds": seconds}
    (fresh / _STATE).write_text(json.dumps(state, indent=1))
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def state(folder: Path) -> dict[str, Any]:
    """Recipe, steps and seconds of a checkpoint. Raises `WorkError` where there is none."""
    for place in (folder, folder.with_name(folder.name + ".old")):
        if (place / _STATE).is_file():
            found: dict[str, Any] = json.loads((place / _STATE).read_text())
            return found | {"folder": place}
    raise WorkError(Reason.BAD_CHECKPOINT, f"{folder} holds no checkpoint.", retryable=False)


def recipe(folder: Path) -> Recipe:
    """The recipe that a checkpoint was made by."""
    return Recipe.model_validate(state(folder)["recipe"])


def load(folder: Path, trainer: Trainer) -> float:
    """Give the trainer a checkpoint's state; returns the seconds that were trained for it.

    Raises:
        WorkError: `BAD_CHECKPOINT` where there is none, or it is of another network.
    """
    found = state(folder)
    tensors = read(folder)
    try:
        for name, network in _networks(trainer).items():
            network.load_state_dict(_under(tensors, name))
    except RuntimeError as error:
        message = f"{folder} is of another network: {str(error).splitlines()[-1].strip()}"
        raise WorkError(Reason.BAD_CHECKPOINT, message, retryable=False) from None
    for name, (optimizer, network) in _optimizers(trainer).items():
        _restore(optimizer, network, _under(tensors, name))
    trainer.random.set_state(tensors["random"])
    trainer.steps = found["steps"]
    return float(found["seconds"])


def read(folder: Path) -> dict[str, Tensor]:
    """All tensors of a checkpoint by name."""
    files = sorted(state(folder)["folder"].glob("part-*.safetensors"))
    return {name: tensor for file in files for name, tensor in load_file(file).items()}


def _networks(trainer: Trainer) -> dict[str, nn.Module]:
    return {"generator": trainer.generator, "mean": trainer.mean, "critic": trainer.critic}


def _optimizers(trainer: Trainer) -> dict[str, tuple[torch.optim.Optimizer, nn.Module]]:
    return {
        "adam": (trainer.optimizer, trainer.generator),
        "critic_adam": (trainer.critic_optimizer, trainer.critic),
    }


def _tensors(trainer: Trainer) -> dict[str, Tensor]:
    found = {
        f"{name}/{key}": tensor
        for name, network in _networks(trainer).items()
        for key, tensor in network.state_dict().items()
    }
    for name, (optimizer, network) in _optimizers(trainer).items():
        weights = [one for one, _ in network.named_parameters()]
        for index, moments in optimizer.state_dict()["state"].items():
            found |= {f"{name}/{weights[index]}/{key}": tensor for key, tensor in moments.items()}
    return found | {"random": trainer.random.get_state()}


def _restore(optimizer: torch.optim.Optimizer, network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    moments: dict[int, dict[str, Tensor]] = {}
    for index, (weight, parameter) in enumerate(network.named_parameters()):
        known = {key.rpartition("/")[2]: one for key, one in tensors.items() if key.startswith(weight + "/")}
        if known:
            moments[index] = {key: _laid_out_like(one, parameter) for key, one in known.items()}
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})


def _laid_out_like(tensor: Tensor, parameter: Tensor) -> Tensor:
    """Adam's fused form walks through memory: its moments must lie there in the order of their parameter."""
    return torch.empty_like(parameter).copy_(tensor) if tensor.shape == parameter.shape else tensor


def _under(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    return {key.partition("/")[2]: one for key, one in tensors.items() if key.startswith(name + "/")}


def _parts(tensors: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    part: dict[str, Tensor] = {}
    size = 0
    for name, tensor in tensors.items():
        if part and size + tensor.nbytes > _MOST:
            yield part
            part, size = {}, 0
        part[name] = tensor.detach().cpu().contiguous().clone()
        size += tensor.nbytes
    yield part
