"""Networks as they come with Visage, made here: small ones with random numbers, and mere headers."""

import json
from pathlib import Path

import torch
from torch import nn

from gpu_agent.networks.compact import Compact, CompactShape
from gpu_agent.networks.compact_files import folded
from training.export import write

SMALL = CompactShape((8, 12, 16), 1)


def put(folder: Path, name: str, license_: str) -> Path:
    """The files of a network that nobody runs: a header, and a graph of nothing."""
    header = json.dumps({"__metadata__": {"license": license_}}).encode()
    path = folder / f"{name}.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    path.with_suffix(".onnx").touch()
    return path


def lively(shape: CompactShape = SMALL) -> Compact:
    """A network of random numbers, in every norm too, whose pictures have contrast."""
    torch.manual_seed(1)
    made = Compact(shape).eval().requires_grad_(False)
    for part in made.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean, part.running_var = (
                torch.randn(part.num_features) / 4,
                torch.rand(part.num_features) + 0.5,
            )
            part.weight.uniform_(0.7, 1.4)
            part.bias.normal_(0, 0.2)
    made.head.reset_parameters()  # else its mask would be even
    made.head.weight *= 4
    return made


def small(folder: Path, name: str = "compact", license_: str = "research") -> Path:
    """The files of a small network."""
    path = folder / f"{name}.safetensors"
    network = folded(lively())
    tensors = {key: tensor.half().contiguous() for key, tensor in network.state_dict().items()}
    metadata = {
        "family": "compact",
        "shape": json.dumps({"widths": SMALL.widths, "blocks": SMALL.blocks}),
        "license": license_,
    }
    write(path, tensors, SMALL, metadata)
    return path
