"""What is looked at while a network is trained: figures on faces held back, a sheet of results, curves."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from gpu_agent.networks.compact import composed
from training import views
from training.material import Material

_SHOWN = 8


@dataclass(frozen=True)
class Seen:
    """Medians over the pairs: cosines of SFace to source and target, and PSNR (dB) where both are one photo."""

    cosine_source: float
    cosine_target: float
    reconstruction: float
    shown: float


class Look:
    """Looks at the same pairs of other people each time."""

    def __init__(self, material: Material, recognizer: nn.Module, pairs: int, seed: int = 1) -> None:
        random = torch.Generator().manual_seed(seed)
        order = material.targets[torch.randperm(len(material.targets), generator=random)[:pairs]]
        self._material, self._recognizer = material, recognizer
        self._targets, self._sources = order, order.roll(1)
        places = views.places(len(order), views.STILL, random).to(material.stored.device)
        self._places, self._random = places, random
        self._faces = views.cut(material.stored[order.to(places.device)].float() / 255, places)

    @torch.inference_mode()
    def __call__(self, network: nn.Module, bare: bool) -> tuple[Seen, npt.NDArray[np.uint8]]:
        """The figures of `network`, and its first results as a picture (BGR): sources, targets, results, masks.

        `bare` leaves the masks out, as the beginning of a training does.
        """
        network.eval()
        own, wanted = (
            self._material.latents[rows.to(self._places.device)] for rows in (self._targets, self._sources)
        )
        made, shown = self._run(network, wanted, bare)
        kept, _ = self._run(network, own, bare)
        vectors = self._vectors(made)
        error = (kept - self._faces).square().mean((1, 2, 3))
        seen = Seen(
            cosine_source=float((vectors * wanted).sum(1).median()),
            cosine_target=float((vectors * own).sum(1).median()),
            reconstruction=float((-10 * error.log10()).median()),
            shown=float(shown.mean()),
        )
        return seen, self._sheet(made, shown)

    def _run(self, network: nn.Module, latents: Tensor, bare: bool) -> tuple[Tensor, Tensor]:
        results = [
            network(faces, some) for faces, some in zip(self._faces.split(16), latents.split(16), strict=True)
        ]
        new, shown = (torch.cat(parts) for parts in zip(*results, strict=True))
        return new if bare else composed(self._faces, new, shown), shown

    def _vectors(self, made: Tensor) -> Tensor:
        squares = views.for_recognizer(made, self._places, views.STILL, self._random)
        return torch.cat([self._recognizer(some) for some in squares.split(16)])

    def _sheet(self, made: Tensor, shown: Tensor) -> npt.NDArray[np.uint8]:
        rows = self._sources[:_SHOWN].to(self._places.device)
        sources = views.cut(self._material.stored[rows].float() / 255, self._places[:_SHOWN])
        pictures = (sources, self._faces[:_SHOWN], made[:_SHOWN], shown[:_SHOWN].expand(-1, 3, -1, -1))
        return np.vstack([np.hstack([_picture(one) for one in row]) for row in pictures])


def _picture(face: Tensor) -> npt.NDArray[np.uint8]:
    pixels = (face.float().clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()
    return np.ascontiguousarray(pixels[:, :, ::-1])


def figures(seen: Seen) -> dict[str, float]:
    """The same as rows of a log, rounded."""
    return {name: round(value, 4) for name, value in asdict(seen).items()}


def draw_curves(path: Path, rows: Sequence[dict[str, float]]) -> None:
    """A picture of the figures against the minutes of training, one panel each."""
    from matplotlib.figure import Figure

    names = ("cosine_source", "cosine_target", "reconstruction", "shown")
    figure = Figure(figsize=(10, 6), layout="constrained")
    for panel, name in zip(figure.subplots(2, 2).ravel(), names, strict=True):
        panel.plot([row["minutes"] for row in rows], [row[name] for row in rows])
        panel.set_title(name.replace("_", " "))
        panel.set_xlabel("minutes")
        panel.grid(alpha=0.3)
    figure.savefig(path, dpi=90)


def save_picture(path: Path, picture: npt.NDArray[np.uint8]) -> None:
    """Write a picture (BGR) in the format that the path's ending says."""
    path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())
