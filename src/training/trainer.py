"""One step of training, and what is kept between steps."""

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gpu_agent.networks.compact import Compact, CompactShape, composed
from training import losses, views
from training.critic import Critic, told_apart
from training.material import Material, pairs
from training.recipe import Recipe

Figures = Mapping[str, float]

_MOST_GRADIENT = 20.0
# Bilinear samples of what is covered are a little below 1 by rounding.
_COVERED = 0.999


@dataclass(frozen=True)
class Batch:
    """Targets with the identities that they are to get.

    Attributes:
        faces: (n, 3, 128, 128), RGB, 0 to 1.
        counted: (n, 1, 128, 128), 1 where a picture and no repeated edge is seen.
        places: (n, 2, 3), where the squares lie in the stored ones.
        latents: (n, 128), of the sources.
        targets, sources: (n,), rows of the material.
        same: (n,), whether source and target are one person.
    """

    faces: Tensor
    counted: Tensor
    places: Tensor
    latents: Tensor
    targets: Tensor
    sources: Tensor
    same: Tensor


class Trainer:
    """Generator, its running mean, critic, and their optimizers."""

    def __init__(
        self, recipe: Recipe, material: Material, recognizers: Mapping[str, nn.Module], device: str
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.device = recipe, device
        self.generator = _placed(Compact(CompactShape(recipe.widths, recipe.blocks)), device)
        self.mean = copy.deepcopy(self.generator).requires_grad_(False).eval()
        self.critic = _placed(Critic(recipe.critic_width), device)
        self.optimizer = _adam(self.generator, recipe.rate, recipe)
        self.critic_optimizer = _adam(self.critic, recipe.critic_rate, recipe)
        self.random = torch.Generator().manual_seed(recipe.seed)
        self.steps = 0
        self._material, self._recognizers = material, recognizers

    def step(self, done: float) -> Figures:
        """One step of critic and generator; `done` is the share of the time that has passed, 0 to 1."""
        self._set_rates(done)
        batch = self._batch()
        with self._precision():
            new, shown = self.generator(batch.faces, batch.latents)
        made = new if self.early else composed(batch.faces, new, shown)
        told = self._teach_critic(batch.faces, new.detach())
        terms = {
            **self._of_identity(batch, made),
            **self._of_realism(batch, new),
            **_of_pixels(batch, new, shown),
        }
        weights = self.recipe.weights_at(self.steps, done)
        total = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.generator.parameters(), _MOST_GRADIENT, error_if_nonfinite=True)
        self.optimizer.step()
        self.steps += 1
        self._remember()
        return {"critic": told} | {name: float(term.detach()) for name, term in terms.items()}

    def _of_identity(self, batch: Batch, made: Tensor) -> dict[str, Tensor]:
        """Of pairs of two people alone: where it is one person, every pixel is known."""
        rows = torch.nonzero(~batch.same)[:, 0]
        if not len(rows):
            return {"identity": made.new_zeros(()), "leftover": made.new_zeros(())}
        judged = [self._judged(name, batch, made, rows) for name in self.recipe.data.judges]
        identity, leftover = (torch.cat(terms).mean() for terms in zip(*judged, strict=True))
        return {"identity": identity, "leftover": leftover}

    def _judged(self, name: str, batch: Batch, made: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """By one recognizer: how unlike its source each result is, and how like its target."""
        known = self._material.vectors[name]
        vectors = self._looked_at(self._recognizers[name], made[rows], batch.places[rows])
        return (
            losses.identity(vectors, known[batch.sources[rows]]),
            losses.leftover(vectors, known[batch.targets[rows]], self.recipe.weights.allowed),
        )

    def _looked_at(self, recognizer: nn.Module, made: Tensor, places: Tensor) -> Tensor:
        """Its vectors. In any view it shall be the person: else textures and colors are learned that nobody has."""
        look = self.recipe.data.look
        squares = views.for_recognizer(made, places, look, self.random)
        squares = views.softened(views.lit(squares, look, self.random), self.random)
        with self._precision():
            vectors: Tensor = recognizer(squares.contiguous(memory_format=torch.channels_last))
        return vectors

    def _of_realism(self, batch: Batch, new: Tensor) -> dict[str, Tensor]:
        """Of what is drawn and not of what is seen: the mask would shut, as nothing looks as real as the target."""
        self.critic.requires_grad_(False)
        with self._precision():
            scores, features = self.critic(new)
            with torch.no_grad():
                _, wanted = self.critic(batch.faces)
        self.critic.requires_grad_(True)
        return {
            "adversary": -scores.mean(),
            "matching": losses.matching(features, wanted, self.recipe.weights.matching_from),
        }

    def _teach_critic(self, faces: Tensor, new: Tensor) -> float:
        self.critic_optimizer.zero_grad(set_to_none=True)
        with self._precision():
            scores, _ = self.critic(torch.cat((faces, new)))
        loss = told_apart(*scores.chunk(2))
        loss.backward()
        self.critic_optimizer.step()
        return float(loss.detach())

    def _batch(self) -> Batch:
        same = 1.0 if self._warming else self.recipe.data.same
        drawn = pairs(self._material, self.recipe.batch, same, self.random)
        targets, sources = drawn.targets.to(self.device), drawn.sources.to(self.device)
        places = views.places(len(targets), self.recipe.data.target, self.random).to(self.device)
        faces = views.cut(self._material.stored[targets].float() / 255, places)
        faces = views.lit(faces, self.recipe.data.target, self.random)
        counted = views.cut(self._material.counted[targets].float(), places)
        return Batch(
            faces=faces.contiguous(memory_format=torch.channels_last),
            counted=(counted > _COVERED).float(),
            places=places,
            latents=self._material.latents[sources],
            targets=targets,
            sources=sources,
            same=drawn.same.to(self.device),
        )

    @property
    def _warming(self) -> bool:
        return self.steps < self.recipe.warm_steps

    @property
    def early(self) -> bool:
        """Whether the mask is left out yet."""
        return self.recipe.is_early(self.steps)

    def _set_rates(self, done: float) -> None:
        share = falling(done, self.recipe.steady, self.recipe.last_rate)
        for optimizer, rate in (
            (self.optimizer, self.recipe.rate),
            (self.critic_optimizer, self.recipe.critic_rate),
        ):
            for group in optimizer.param_groups:
                group["lr"] = rate * share * min(1.0, (self.steps + 1) / 100)

    @torch.no_grad()
    def _remember(self) -> None:
        kept = min(self.recipe.average, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_([*self.mean.parameters()], [*self.generator.parameters()], 1 - kept)
        for buffer, fresh in zip(self.mean.buffers(), self.generator.buffers(), strict=True):
            buffer.copy_(buffer.lerp(fresh, 1 - kept) if fresh.is_floating_point() else fresh)

    def _precision(self) -> torch.autocast:
        enabled = self.recipe.precision == "bfloat16"
        return torch.autocast(self.device.partition(":")[0], torch.bfloat16, enabled=enabled)


def _of_pixels(batch: Batch, new: Tensor, shown: Tensor) -> dict[str, Tensor]:
    same = batch.same.float()
    return {
        "reconstruction": (losses.difference(new, batch.faces, batch.counted) * same).mean(),
        "coarse": (losses.coarse(new, batch.faces, batch.counted) * (1 - same)).mean(),
        "shown": losses.showing(shown).mean(),
        "unevenness": losses.unevenness(shown).mean(),
    }


def falling(done: float, steady: float, last: float) -> float:
    """Share of the learning rate: 1 until `steady`, then down to `last` by half a cosine."""
    if done <= steady:
        return 1.0
    way = min(1.0, (done - steady) / max(1e-9, 1 - steady))
    return last + (1 - last) * (1 + math.cos(math.pi * way)) / 2


def _placed(network: nn.Module, device: str) -> nn.Module:
    return network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _adam(network: nn.Module, rate: float, recipe: Recipe) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), lr=rate, betas=recipe.betas, fused=True)
