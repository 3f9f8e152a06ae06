"""From a checkpoint to the files that agents run: one safetensors file, and a graph that reads its numbers."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor

from contracts.engines import COMPACT
from contracts.errors import Reason, WorkError
from contracts.packaged import CLEAN, RESEARCH
from gpu_agent.networks.compact import LATENT, SIDE, Compact, CompactShape
from gpu_agent.networks.compact_files import folded, load_compact
from gpu_agent.networks.graph import OnProcessor
from gpu_agent.networks.running import pixels
from training import checkpoints
from training.graph import Place, graph
from training.recipe import Recipe

# dB, of 8-bit pixels: what torch and the graph make of the same faces may not differ more. Rounding alone is 59.
LEAST_AGREEMENT = 40.0
_ALIGNMENT = 64
_TRIED = 4  # faces


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        weights, graph: The two files, which lie in one folder.
        sha256: Of the file of weights.
        license: `contracts.packaged.RESEARCH` or `CLEAN`, as the recipe's data are.
        agreement: dB between what torch makes of the weights and what onnxruntime makes of the graph.
    """

    weights: Path
    graph: Path
    sha256: str
    parameters: int
    license: str
    minutes: float
    steps: int
    agreement: float


def export(checkpoint: Path, name: str, out: Path) -> Exported:
    """Write the checkpoint's mean network as `out/name.safetensors` and `out/name.onnx`.

    Raises:
        WorkError: `BAD_CHECKPOINT` where there is none, or its network does not survive 16 bits.
    """
    state, recipe = checkpoints.state(checkpoint), checkpoints.recipe(checkpoint)
    network = folded(_network(checkpoint, recipe))
    tensors = {key: tensor.half().contiguous() for key, tensor in network.state_dict().items()}
    out.mkdir(parents=True, exist_ok=True)
    weights = out / f"{name}.safetensors"
    minutes = state["seconds"] / 60
    written = write(weights, tensors, network.shape, metadata_of(recipe, name, minutes, state["steps"]))
    return Exported(
        weights=weights,
        graph=written,
        sha256=hashlib.sha256(weights.read_bytes()).hexdigest(),
        parameters=sum(tensor.numel() for tensor in tensors.values()),
        license=license_of(recipe),
        minutes=round(minutes, 2),
        steps=state["steps"],
        agreement=_sound(weights, written),
    )


def license_of(recipe: Recipe) -> str:
    """Whom weights that were trained by a recipe are for: one face of research makes all of them research's."""
    return CLEAN if set(recipe.data.classes) == {CLEAN} else RESEARCH


def metadata_of(recipe: Recipe, name: str, minutes: float, steps: int) -> dict[str, str]:
    """What the header of the file of weights says."""
    return {
        "family": COMPACT,
        "name": name,
        "shape": json.dumps({"widths": recipe.widths, "blocks": recipe.blocks}),
        "license": license_of(recipe),
        "minutes": f"{minutes:.1f}",
        "steps": str(steps),
        "recipe": recipe.model_dump_json(),
    }


def write(
    path: Path, tensors: Mapping[str, Tensor], shape: CompactShape, metadata: Mapping[str, str]
) -> Path:
    """Write 16-bit tensors as a safetensors file, and their graph beside it, whose path is the result.

    The same tensors make the same bytes.

    8 bytes, the size of the header; the header, JSON; the numbers. https://github.com/huggingface/safetensors#format
    """
    described: dict[str, object] = {"__metadata__": dict(metadata)}
    places: dict[str, Place] = {}
    end = 0
    for name, tensor in tensors.items():
        begin, end = end, end + 2 * prod(tensor.shape)
        places[name] = Place(tuple(tensor.shape), begin)
        described[name] = {"dtype": "F16", "shape": list(tensor.shape), "data_offsets": [begin, end]}
    header = json.dumps(described, separators=(",", ":")).encode()
    header += b" " * (-(8 + len(header)) % _ALIGNMENT)
    numbers = b"".join(tensor.numpy().astype("<f2").tobytes() for tensor in tensors.values())
    path.write_bytes(len(header).to_bytes(8, "little") + header + numbers)
    start = 8 + len(header)
    moved = {name: Place(place.shape, start + place.offset) for name, place in places.items()}
    target = path.with_suffix(".onnx")
    onnx.save_model(graph(shape, moved, path.name), str(target))
    return target


@torch.inference_mode()
def agreement(weights: Path, graph_file: Path) -> float:
    """PSNR in dB, faces and masks together, between torch in 32 bits and the graph, on faces of noise."""
    random = np.random.default_rng(1)
    crops = random.integers(0, 256, (_TRIED, SIDE, SIDE, 3), np.uint8)
    latents = random.standard_normal((_TRIED, LATENT), np.float32)
    latents /= np.linalg.norm(latents, axis=1, keepdims=True)
    faces, masks = OnProcessor(graph_file, 1).run(crops, latents)
    new, shown = load_compact(weights)(
        pixels(torch.from_numpy(crops), torch.float32), torch.from_numpy(latents)
    )
    made = pixels(torch.from_numpy(faces), torch.float32)
    error = torch.cat([(new - made).flatten(), shown.flatten() - torch.from_numpy(masks).flatten()])
    return float(-10 * error.square().mean().clamp_min(1e-12).log10())


def _sound(weights: Path, graph_file: Path) -> float:
    """The agreement of two files that were written. Raises `WorkError` where it is too small."""
    onnx.checker.check_model(str(graph_file))
    found = agreement(weights, graph_file)
    if not found >= LEAST_AGREEMENT:
        message = f"{weights.name} and {graph_file.name} agree to {found:.1f} dB only; {LEAST_AGREEMENT:g} would pass."
        raise WorkError(Reason.BAD_CHECKPOINT, message, retryable=False)
    return round(found, 1)


def _network(checkpoint: Path, recipe: Recipe) -> Compact:
    network = Compact(CompactShape(recipe.widths, recipe.blocks))
    tensors = checkpoints.read(checkpoint)
    try:
        network.load_state_dict(
            {name.removeprefix("mean/"): one for name, one in tensors.items() if name.startswith("mean/")}
        )
    except RuntimeError as error:
        message = f"{checkpoint} is of another network: {str(error).splitlines()[-1].strip()}"
        raise WorkError(Reason.BAD_CHECKPOINT, message, retryable=False) from None
    return network
