"""A network layer by layer: arithmetic and bytes from the shapes, and the time that each layer takes."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.speed.machine import Roof, finish
from gpu_agent.networks.blocks import Style

_TRIVIAL = (nn.Identity, nn.Linear)  # the linear layers of styles are run once a face, not once a frame


@dataclass(slots=True)
class Layer:
    """One layer, as it was run on one batch.

    Attributes:
        what: Its kind and shape; layers of one kind and shape are told of together.
        flops: A multiplication and an addition are two.
        moved: Bytes of its input, output and weights: what goes through memory if nothing is kept.
        seconds: The shortest run.
    """

    what: str
    flops: float
    moved: float
    seconds: float = float("inf")


@torch.inference_mode()
def layers(network: nn.Module, inputs: Sequence[Tensor], device: str, rounds: int = 2) -> list[Layer]:
    """Run the network on `inputs` and watch every layer, in the order of its first run."""
    watched = _Watch(device)
    parts = [part for part in network.modules() if _is_layer(part)]
    hooks = [hook for part in parts for hook in watched.hooks(part)]
    try:
        for _ in range(rounds + 1):
            network(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return [*watched.found.values()]


def _is_layer(part: nn.Module) -> bool:
    return isinstance(part, Style) or (not [*part.children()] and not isinstance(part, _TRIVIAL))


class _Watch:
    def __init__(self, device: str) -> None:
        self.found: dict[nn.Module, Layer] = {}
        self._device = device
        self._began = 0.0

    def hooks(self, part: nn.Module) -> tuple[Any, Any]:
        return part.register_forward_pre_hook(self._begin), part.register_forward_hook(self._end)

    def _begin(self, *_: Any) -> None:
        finish(self._device)
        self._began = time.perf_counter()

    def _end(self, part: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        finish(self._device)
        seconds = time.perf_counter() - self._began
        if part not in self.found:  # the first run only warms up
            self.found[part] = _layer(part, inputs[0], output)
            return
        self.found[part].seconds = min(self.found[part].seconds, seconds)


def _layer(part: nn.Module, given: Tensor, made: Tensor) -> Layer:
    moved = float(given.nbytes + made.nbytes)
    channels, side = f"{given.shape[1]} to {made.shape[1]} channels", f"{made.shape[2]} x {made.shape[3]}"
    if not isinstance(part, nn.Conv2d):
        return Layer(f"{type(part).__name__}, {made.shape[1]} channels, {side}", 0.0, moved)
    width, height = part.kernel_size
    flops = 2.0 * made.numel() * (part.in_channels // part.groups) * width * height
    return Layer(f"Conv {width} x {height}, {channels}, {side}", flops, moved + part.weight.nbytes)


def table(found: Sequence[Layer], faces: int, roof: Roof) -> list[dict[str, Any]]:
    """A row for each kind of layer, figures a face; `share` is the least time over the time it took."""
    kinds: defaultdict[str, list[Layer]] = defaultdict(list)
    for layer in found:
        kinds[layer.what].append(layer)
    return [_row(what, group, faces, roof) for what, group in kinds.items()]


def _row(what: str, group: Sequence[Layer], faces: int, roof: Roof) -> dict[str, Any]:
    flops, moved = sum(one.flops for one in group), sum(one.moved for one in group)
    seconds, least = sum(one.seconds for one in group), least_of(group, roof)
    return {
        "layer": what,
        "times": len(group),
        "gflop": round(flops / faces / 1e9, 3),
        "mb": round(moved / faces / 1e6, 2),
        "ms": round(seconds / faces * 1e3, 3),
        "gflops": round(flops / seconds / 1e9, 1),
        "share": round(least / seconds, 3),
    }


def least_of(found: Sequence[Layer], roof: Roof) -> float:
    """Least seconds of these layers, one after another."""
    return sum(roof.seconds(one.flops, one.moved) for one in found)


def proven(found: Sequence[Layer], roof: Roof) -> Roof:
    """The roof, raised to what a layer has reached: the device can do that at least."""
    best = max(one.flops / one.seconds for one in convolutions(found))
    return roof.raised(Roof(best, 0.0))


def convolutions(found: Sequence[Layer]) -> list[Layer]:
    """Those that compute: all others could be done on the way, without a byte moved for them."""
    return [one for one in found if one.flops]
