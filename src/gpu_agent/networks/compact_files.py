"""The compact network as it is kept and run: batch norms folded, in 16 bits, in a safetensors file."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from contracts.engines import COMPACT
from contracts.errors import Reason, WeightsError
from gpu_agent.networks.compact import Compact, CompactShape
from gpu_agent.weights.fitting import check_fit, numbers_of
from gpu_agent.weights.sources import open_weights


def folded(network: Compact) -> Compact:
    """A copy that computes the same without batch norms."""
    copied = copy.deepcopy(network).eval().requires_grad_(False)
    for row in copied.children():
        if isinstance(row, nn.Sequential):
            conv, norm = row[0], row[1]
            assert isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
            row[0], row[1] = fuse_conv_bn_eval(conv, norm), nn.Identity()
    return copied


def load_compact(path: Path) -> Compact:
    """The network in a file, folded, in 32 bits, for evaluation.

    Raises:
        WeightsError: `BAD_WEIGHTS`, naming the first tensor that does not fit.
    """
    source = open_weights(path)
    network = folded(Compact(shape_of(source.metadata)))
    layout = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    check_fit(source.tensors, layout, COMPACT)
    numbers = {name: torch.from_numpy(numbers_of(name, source.tensors[name])) for name in layout}
    network.load_state_dict(numbers, assign=True)
    return network.eval().requires_grad_(False)


def shape_of(metadata: Mapping[str, str]) -> CompactShape:
    """The shape that a file says its network has. Raises `WeightsError` where it says none."""
    try:
        said = json.loads(metadata["shape"])
        fine, middle, coarse = (int(width) for width in said["widths"])
        shape = CompactShape((fine, middle, coarse), int(said["blocks"]))
    except (KeyError, TypeError, ValueError) as error:
        raise _bad(f"it says no shape that makes sense ({error})") from error
    if metadata.get("family") != COMPACT:
        raise _bad(f'it is of the family "{metadata.get("family")}"')
    return shape


def _bad(cause: str) -> WeightsError:
    return WeightsError(Reason.BAD_WEIGHTS, f"The file does not hold the compact network: {cause}.")
