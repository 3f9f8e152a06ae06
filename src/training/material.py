"""What training draws from: all faces on the device, with their vectors, and who is whom."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from contracts.errors import Reason, WorkError
from training import views
from training.pack import Pack, Row, covered
from training.recipe import Data


@dataclass(frozen=True)
class Material:
    """`stored` is (n, 3, 160, 160) bytes, `counted` (n, 1, 160, 160) bytes; `targets` are rows.

    `vectors` are (n, d) of each recognizer.
    """

    stored: Tensor
    counted: Tensor
    vectors: Mapping[str, Tensor]
    persons: Tensor
    targets: Tensor

    @property
    def latents(self) -> Tensor:
        """What the network is told of a person, (n, 128): SFace's vectors."""
        return self.vectors["sface"]


@dataclass(frozen=True)
class Pairs:
    """Rows of targets and sources, and whether they show one person."""

    targets: Tensor
    sources: Tensor
    same: Tensor


def material(
    pack: Pack, data: Data, recognizers: Mapping[str, nn.Module], device: str, cache: Path
) -> Material:
    """The material of a pack's faces, whose vectors are kept in the folder `cache`. SFace is one of the recognizers.

    Raises:
        WorkError: `BAD_FACES` where no face can be a target, or one cannot be read.
    """
    chosen = [index for index, row in enumerate(pack.rows) if _fit(row, data)]
    if not chosen:
        raise WorkError(Reason.BAD_FACES, "No face of that data set may be a target.", retryable=False)
    stored = torch.from_numpy(pack.faces.transpose(0, 3, 1, 2).copy()).to(device)
    counted = np.stack([covered(row) for row in pack.rows])[:, None].astype(np.uint8)
    return Material(
        stored=stored,
        counted=torch.from_numpy(counted).to(device),
        vectors={
            name: _known_vectors(pack, stored, name, recognizer, cache).to(device)
            for name, recognizer in recognizers.items()
        },
        persons=torch.from_numpy(pack.identities),
        targets=torch.tensor(chosen),
    )


def _known_vectors(pack: Pack, stored: Tensor, name: str, recognizer: nn.Module, cache: Path) -> Tensor:
    names = "\n".join(f"{row.shard} {row.name}" for row in pack.rows)
    file = cache / f"vectors-{name}-{hashlib.sha256(names.encode()).hexdigest()[:16]}.safetensors"
    if not file.exists():
        save_file({"vectors": vectors(stored, recognizer).cpu()}, file)
    return load_file(file)["vectors"]


@torch.inference_mode()
def vectors(stored: Tensor, recognizer: nn.Module) -> Tensor:
    """A recognizer's unit vectors (n, d) of stored faces."""
    random = torch.Generator()
    rows = []
    for some in stored.split(64):
        places = views.places(len(some), views.STILL, random).to(some.device)
        squares = views.for_recognizer(views.cut(some.float() / 255, places), places, views.STILL, random)
        rows.append(recognizer(squares.to(memory_format=torch.channels_last)))
    return torch.cat(rows).clone()


def pairs(material: Material, batch: int, same: float, random: torch.Generator) -> Pairs:
    """Random targets, and for each a source: another photo of the person or the same one, or some other person."""
    drawn = torch.randint(len(material.targets), (batch,), generator=random)
    targets = material.targets[drawn]
    sources = torch.randint(len(material.persons), (batch,), generator=random)
    wanted = torch.arange(batch) < round(batch * same)
    for at in range(batch):
        if wanted[at]:
            alike = torch.nonzero(material.persons == material.persons[targets[at]])[:, 0]
            other = alike[torch.randint(len(alike), (1,), generator=random)]
            sources[at] = other if torch.rand(1, generator=random) < 0.5 else targets[at]
    return Pairs(targets, sources, material.persons[targets] == material.persons[sources])


def _fit(row: Row, data: Data) -> bool:
    return row.outside <= data.most_outside and (not data.target_sources or row.source in data.target_sources)
