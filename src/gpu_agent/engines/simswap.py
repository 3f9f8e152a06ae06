"""SimSwap as an engine: the published networks with weights that the operator imported.

R. Chen et al., "SimSwap: An Efficient Framework For High Fidelity Face Swapping", ACM MM 2020.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from contracts.errors import Reason, WorkError
from faces.align import best_similarity, warp
from gpu_agent.engines.base import Crops, Identity, Photo, Swapped
from gpu_agent.engines.templates import templates
from gpu_agent.networks.folded import folded
from gpu_agent.networks.identity import SIZE
from gpu_agent.networks.loading import load_generator, load_identity

ROLES = ("generator", "identity")


class SimSwapEngine:
    """Puts a person's identity into a face that keeps its pose, expression and light."""

    def __init__(self, name: str, device: str, weights: Mapping[str, Path]) -> None:
        """`name` as tasks give it.

        Raises:
            WorkError: `ENGINE_MISSING` where a file of weights is missing or does not fit.
        """
        self.name, self.device = name, device
        try:
            generator = load_generator(weights["generator"])
            self._identity = load_identity(weights["identity"]).to(device)
        except KeyError as error:
            raise _missing(name, f"it has no weights for the {error.args[0]}") from error
        except ValueError as error:
            raise _missing(name, str(error)) from error
        self._generator = folded(generator).to(device)
        self.size = generator.shape.size
        self.templates = templates(generator.shape.size, generator.shape.size)

    @torch.inference_mode()
    def prepare(self, photos: Sequence[Photo]) -> Identity:
        """The styles that the generator makes of the photos' mean identity."""
        crops = [warp(p.picture, best_similarity(p.points, self.templates), self.size) for p in photos]
        faces = torch.nn.functional.interpolate(self._pixels(np.stack(crops)), SIZE)
        weights = torch.tensor([photo.weight for photo in photos], device=self.device)
        mean = torch.nn.functional.normalize((self._identity(faces) * weights[:, None]).sum(0), dim=0)
        return Identity(self.name, self._generator.styles(mean[None])[0])

    @torch.inference_mode()
    def swap(self, crops: Crops, identities: Sequence[Identity]) -> Swapped:
        """The swapped squares, shown whole."""
        styles = torch.stack([identity.data for identity in identities])
        made = self._generator(self._pixels(crops), styles)
        pictures = (made * 255).round().to(torch.uint8).permute(0, 2, 3, 1).flip(3)
        return Swapped(pictures.cpu().numpy(), np.ones(crops.shape[:3], np.float32))

    def _pixels(self, crops: Crops) -> Tensor:
        """RGB, 0 to 1, (n, 3, size, size)."""
        return torch.from_numpy(crops).to(self.device).flip(3).permute(0, 3, 1, 2).float() / 255


def _missing(name: str, cause: str) -> WorkError:
    return WorkError(Reason.ENGINE_MISSING, f'The engine "{name}" cannot run here: {cause}', engine=name)
