"""One step of training, and what is kept between steps."""

import copy
import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gpu_agent.networks.compact import Compact, CompactShape, composed
from training import losses, views
from training.critic import Critic, told_apart
from training.material import Material, Pairs, pairs
from training.recipe import Recipe
from training.recognizer import Recognizer

Figures = Mapping[str, float]


class Trainer:
    """Generator, its running mean, critic, and their optimizers."""

    def __init__(self, recipe: Recipe, material: Material, recognizer: Recognizer, device: str) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.device = recipe, device
        self.generator = _placed(Compact(CompactShape(recipe.widths, recipe.blocks)), device)
        self.mean = copy.deepcopy(self.generator).requires_grad_(False).eval()
        self.critic = _placed(Critic(recipe.critic_width), device)
        self.optimizer = _adam(self.generator, recipe.rate, recipe)
        self.critic_optimizer = _adam(self.critic, recipe.critic_rate, recipe)
        self.random = torch.Generator().manual_seed(recipe.seed)
        self.steps = 0
        self._material, self._recognizer = material, recognizer
        data = recipe.data
        self._spread = views.Spread(data.turn, data.scale, data.shift, data.light)

    def step(self, done: float) -> Figures:
        """One step of critic and generator; `done` is the share of the time that has passed, 0 to 1."""
        self._set_rates(done)
        drawn = pairs(self._material, self.recipe.batch, self.recipe.data.same, self.random)
        places = views.places(len(drawn.targets), self._spread, self.random).to(self.device)
        faces, counted = self._views(drawn, places)
        latents = self._material.latents[drawn.sources.to(self.device)]
        with self._precision():
            new, shown = self.generator(faces, latents)
        made = composed(faces, new, shown)
        figures = {"critic": self._teach_critic(faces, made.detach())}
        terms = self._terms(drawn, places, faces, counted, latents, (new, shown, made))
        weights = self.recipe.weights.model_dump()
        total = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.generator.parameters(), 20.0)
        self.optimizer.step()
        self.steps += 1
        self._remember()
        return figures | {name: float(term.detach()) for name, term in terms.items()}

    def _terms(
        self,
        drawn: Pairs,
        places: Tensor,
        faces: Tensor,
        counted: Tensor,
        latents: Tensor,
        result: tuple[Tensor, Tensor, Tensor],
    ) -> dict[str, Tensor]:
        new, shown, made = result
        same = drawn.same.to(self.device).float()
        other = 1 - same
        jitter = self.recipe.data.jitter
        squares = views.for_recognizer(made, places, self.random, jitter)
        with self._precision():
            vectors = self._recognizer(squares.contiguous(memory_format=torch.channels_last))
            scores, features = self.critic(made)
            with torch.no_grad():
                _, wanted = self.critic(faces)
        target = self._material.latents[drawn.targets.to(self.device)]
        return {
            "identity": losses.identity(vectors, latents).mean(),
            "leftover": (losses.leftover(vectors, target, self.recipe.weights.allowed) * other).mean(),
            "reconstruction": (losses.difference(new, faces, counted) * same).mean(),
            "coarse": (losses.coarse(new, faces, counted) * other).mean(),
            "adversary": -scores.mean(),
            "matching": losses.matching(features, wanted, self.recipe.weights.matching_from),
            "shown": shown.mean(),
            "unevenness": losses.unevenness(shown).mean(),
        }

    def _teach_critic(self, faces: Tensor, made: Tensor) -> float:
        self.critic_optimizer.zero_grad(set_to_none=True)
        with self._precision():
            scores, _ = self.critic(torch.cat((faces, made)))
        loss = told_apart(*scores.chunk(2))
        loss.backward()
        self.critic_optimizer.step()
        return float(loss.detach())

    def _views(self, drawn: Pairs, places: Tensor) -> tuple[Tensor, Tensor]:
        rows = drawn.targets.to(self.device)
        faces = views.cut(self._material.stored[rows].float() / 255, places)
        counted = views.cut(self._material.counted[rows].float(), places)
        faces = views.lit(faces, self._spread, self.random)
        return faces.contiguous(memory_format=torch.channels_last), (counted > 0.999).float()

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
        for weight, now in zip(self.mean.parameters(), self.generator.parameters(), strict=True):
            weight.lerp_(now, 1 - kept)
        for buffer, now in zip(self.mean.buffers(), self.generator.buffers(), strict=True):
            buffer.copy_(buffer.lerp(now, 1 - kept) if now.is_floating_point() else now)

    def _precision(self) -> torch.autocast:
        enabled = self.recipe.precision == "bfloat16"
        return torch.autocast(self.device.partition(":")[0], torch.bfloat16, enabled=enabled)


def falling(done: float, steady: float, last: float) -> float:
    """Share of the learning rate: 1 until `steady`, then down to `last` by half a cosine."""
    if done <= steady:
        return 1.0
    way = min(1.0, (done - steady) / max(1e-9, 1 - steady))
    return last + (1 - last) * (1 + math.cos(math.pi * way)) / 2


def _placed(network: nn.Module, device: str) -> nn.Module:
    return network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _adam(network: nn.Module, rate: float, recipe: Recipe) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), lr=rate, betas=recipe.betas)
