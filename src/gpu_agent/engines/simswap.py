"""SimSwap as an engine: the published networks with weights that the operator imported.

R. Chen et al., "SimSwap: An Efficient Framework For High Fidelity Face Swapping", ACM MM 2020.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from contracts.errors import Reason, WorkError
from contracts.weights import GENERATOR, IDENTITY
from faces.align import best_similarity, warp
from gpu_agent.engines.base import Crops, Identity, Photo, Swapped
from gpu_agent.engines.templates import templates
from gpu_agent.networks.identity import SIZE
from gpu_agent.networks.loading import load_generator, load_identity
from gpu_agent.networks.running import pixels, runner_for, told_as_memory


class SimSwapEngine:
    """Puts a person's identity into a face that keeps its pose, expression and light."""

    def __init__(self, name: str, device: str, weights: Mapping[str, Path]) -> None:
        """An engine by the name that tasks give it, with the networks in the files of `weights`.

        Raises:
            WorkError: `WEIGHTS_MISSING` where a role has no file; `ENGINE_FAILED` where the device is not there.
            WeightsError: `BAD_WEIGHTS` where a file does not fit.
        """
        self.name, self.device = name, device
        _require(name, device, weights)
        generator = load_generator(weights[GENERATOR])
        self.size = generator.shape.size
        self.templates = templates(self.size, ffhq=generator.shape.ffhq)
        self._identity = load_identity(weights[IDENTITY]).to(device)
        self._runner = runner_for(generator, device)
        self.batch = self._runner.batch

    @torch.inference_mode()
    def prepare(self, photos: Sequence[Photo]) -> Identity:
        """All that the generator asks of an identity, computed once: that of the photos' weighted mean."""
        crops = [warp(p.picture, best_similarity(p.points, self.templates), self.size) for p in photos]
        weights = torch.tensor([photo.weight for photo in photos], device=self.device)
        with told_as_memory():
            latents = self._latents(np.stack(crops))
            mean = torch.nn.functional.normalize((latents * weights[:, None]).sum(0), dim=0)
            return Identity(self.name, self._runner.styles(mean[None])[0])

    def swap(self, crops: Crops, identities: Sequence[Identity]) -> Swapped:
        """The swapped squares, each shown whole."""
        shown = np.ones(crops.shape[:3], np.float32)
        if not len(crops):
            return Swapped(crops, shown)
        return Swapped(self._runner.run(crops, [identity.data for identity in identities]), shown)

    def _latents(self, crops: Crops) -> Tensor:
        """Unit vectors (n, latent). The squares are reduced to the nearest pixels, as the published scripts do."""
        faces = pixels(torch.from_numpy(crops).to(self.device), torch.float32)
        latents: Tensor = self._identity(torch.nn.functional.interpolate(faces, SIZE))
        return latents


def _require(name: str, device: str, weights: Mapping[str, Path]) -> None:
    for role in (GENERATOR, IDENTITY):
        if role not in weights:
            message = f'The engine "{name}" needs weights for the {role}; `visage weights import` takes them.'
            raise WorkError(Reason.WEIGHTS_MISSING, message, retryable=False, engine=name, role=role)
    if device != "cpu" and not torch.cuda.is_available():
        message = f'The engine "{name}" cannot run on {device}: torch {torch.__version__} finds no GPU there.'
        raise WorkError(Reason.ENGINE_FAILED, message, engine=name, device=device)
