"""A recipe: all that decides how a network is trained, as one TOML file."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.errors import Reason, WorkError
from training.recognizers import Name

_FOLDER = Path(__file__).parent / "recipes"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spread(_Part):
    """How far views of a face stray."""

    turn: float = Field(0, ge=0, description="degrees")
    scale: float = Field(0, ge=0, lt=1, description="share of the size")
    shift: float = Field(0, ge=0, description="pixels")
    light: float = Field(0, ge=0, lt=1, description="share of brightness, contrast and color")
    mirrored: bool = Field(True, description="half of them")


class Weights(_Part):
    """How much each loss counts."""

    identity: float = Field(4, ge=0)
    leftover: float = Field(5, ge=0, description="likeness to the target beyond `allowed`")
    allowed: float = Field(0.2, ge=-1, le=1)
    reconstruction: float = Field(120, ge=0, description="where source and target are one person")
    coarse: float = Field(60, ge=0, description="light and pose, where they are two")
    adversary: float = Field(8, ge=0)
    matching: float = Field(20, ge=0)
    matching_from: int = Field(1, ge=0, le=3, description="first level of the critic whose features count")
    shown: float = Field(1.5, ge=0, description="mean of the mask, most of it where no face lies")
    unevenness: float = Field(2, ge=0)


class Data(_Part):
    """Which faces are learned from."""

    classes: tuple[str, ...] = Field(("clean", "research"), description="licence classes")
    target_sources: tuple[str, ...] = Field((), description="sources of target faces; all where empty")
    most_outside: float = Field(
        0.08, ge=0, le=1, description="of a target face; sources of identity may be anything"
    )
    same: float = Field(0.375, ge=0, le=1, description="share of pairs of one person")
    target: Spread = Spread(turn=8, scale=0.06, shift=3, light=0.15)
    judges: tuple[Name, ...] = Field(("sface", "mobilefacenet"), min_length=1, description="of identity")
    look: Spread = Spread(turn=6, scale=0.05, shift=2, light=0.15)


class Recipe(_Part):
    """How a network is trained."""

    name: str
    seed: int = 1
    widths: tuple[int, int, int] = (48, 96, 192)
    blocks: int = Field(6, ge=1)
    batch: int = Field(8, ge=2)
    rate: float = Field(5e-4, gt=0, description="of Adam, for generator and critic")
    betas: tuple[float, float] = (0.5, 0.99)
    warm_steps: int = Field(400, ge=0, description="at first, of pairs of one person alone")
    ramp_steps: int = Field(1500, ge=0, description="after them, until identity counts in full")
    early_steps: int = Field(
        2200, ge=0, description="at first, with the weights `early` and without the mask"
    )
    steady: float = Field(
        0.5, ge=0, le=1, description="share of the time until the rate begins to fall, by a cosine"
    )
    last_rate: float = Field(0.05, gt=0, le=1, description="share of the rate at the end")
    average: float = Field(0.999, ge=0, lt=1, description="of the exponential mean of the weights")
    critic_width: int = Field(32, ge=1)
    critic_rate: float = Field(5e-4, gt=0)
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    settle_steps: int = Field(3500, ge=0, description="after `early_steps`, until `weights` hold in full")
    data: Data = Data()
    early: Weights = Weights(identity=30, reconstruction=60, coarse=30, adversary=1, matching=10)
    weights: Weights = Weights()
    final_from: float = Field(
        0.83, ge=0, le=1, description="share of the time from which on the weights `final` hold"
    )
    final: Weights = Weights(identity=2.5, matching=40)

    def weights_at(self, steps: int, done: float) -> dict[str, float]:
        """How much each loss counts after so many steps, and this share of the time.

        Identity rises from a tenth: a network that cannot draw yet would learn to fool SFace by stripes.
        """
        settled = min(1.0, max(0.0, (steps - self.early_steps) / max(1, self.settle_steps)))
        late = (self.final if done >= self.final_from else self.weights).model_dump()
        early = self.early.model_dump()
        now = {name: _between(early[name], late[name], settled) for name in late}
        ramp = min(1.0, max(0.1, (steps - self.warm_steps) / max(1, self.ramp_steps)))
        now |= {name: now[name] * ramp for name in ("identity", "leftover")}
        return now | ({"shown": 0.0} if self.is_early(steps) else {})

    def is_early(self, steps: int) -> bool:
        """Whether identities are still to be learned, at the cost of all else and without the mask.

        Realism would keep the network from them, and a mask would shut.
        """
        return steps < self.early_steps


def _between(a: float, b: float, way: float) -> float:
    """From `a` to `b`, each step by the same factor."""
    if not a or not b:
        return a + (b - a) * way
    return float(a ** (1 - way) * b**way)


def read(name: str) -> Recipe:
    """The recipe in a file, or one of ours by name. Raises `WorkError` where there is none or it does not fit."""
    path = Path(name) if name.endswith(".toml") else _FOLDER / f"{name}.toml"
    try:
        return Recipe.model_validate({"name": path.stem, **tomllib.loads(path.read_text())})
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in _FOLDER.glob("*.toml")))
        message = f'There is no recipe "{name}": known are {known}, or the path of a .toml file.'
        raise WorkError(Reason.BAD_RECIPE, message, retryable=False) from None
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise WorkError(Reason.BAD_RECIPE, f"{path.name} is no recipe: {error}", retryable=False) from None
