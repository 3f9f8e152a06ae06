"""The device that is measured: time as it passes there, and the most that it can do."""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

_GEMM = {"cpu": 1024, "cuda": 8192}  # rows of the square matrices that are multiplied
_COPIED = {"cpu": 2**26, "cuda": 2**31}  # bytes: beyond every cache
_BATCH = {"cpu": 1, "cuda": 64}  # of the convolution


@dataclass(frozen=True, slots=True)
class Roof:
    """What a device does at most, as measured: arithmetic a second, and bytes to and from its memory a second."""

    flops: float
    moved: float

    def seconds(self, flops: float, moved: float) -> float:
        """The least time for so much arithmetic and so many bytes.

        Williams, Waterman and Patterson, "Roofline", Communications of the ACM 52 (2009).
        """
        return max(flops / self.flops, moved / self.moved)

    def raised(self, other: "Roof") -> "Roof":
        """The better of two measurements: other work on the machine can only make them worse."""
        return Roof(max(self.flops, other.flops), max(self.moved, other.moved))


def finish(device: str) -> None:
    """Wait until the device has done what it was given."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def least_seconds(work: Callable[[], Any], device: str = "cpu", rounds: int = 3, warm: bool = True) -> float:
    """The shortest of `rounds` runs of `work`, after one that is not counted."""
    best = float("inf")
    for index in range(rounds + warm):
        finish(device)
        began = time.perf_counter()
        work()
        finish(device)
        if index >= warm:
            best = min(best, time.perf_counter() - began)
    return best


@torch.inference_mode()
def roof(device: str, kind: torch.dtype) -> Roof:
    """Measure it in numbers of type `kind`: a matrix product and a convolution, and a copy of memory."""
    family = device.partition(":")[0]
    flops = max(_gemm(device, kind, _GEMM[family]), _convolution(device, kind, _BATCH[family]))
    return Roof(flops, _copy(device, _COPIED[family]))


def _gemm(device: str, kind: torch.dtype, rows: int) -> float:
    a = torch.randn(rows, rows, device=device).to(kind)
    return 2 * rows**3 / least_seconds(lambda: a @ a, device, 5)


def _convolution(device: str, kind: torch.dtype, batch: int) -> float:
    """Of the generator's most frequent shape: 3 x 3 from 512 channels to 512, 28 x 28 places."""
    layer = nn.Conv2d(512, 512, 3, bias=False).to(device, kind, memory_format=torch.channels_last)
    pixels = torch.randn(batch, 512, 30, 30, device=device).to(kind, memory_format=torch.channels_last)
    return 2 * batch * 28 * 28 * 9 * 512**2 / least_seconds(lambda: layer(pixels), device, 5)


def _copy(device: str, size: int) -> float:
    source = torch.zeros(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)

    def copy() -> Tensor:
        return target.copy_(source)

    return 2 * size / least_seconds(copy, device, 5)


def described(device: str) -> dict[str, Any]:
    """Which machine it is, and how busy it was before: figures of a busy machine are worse than its own."""
    on_gpu = device.startswith("cuda")
    return {
        "device": torch.cuda.get_device_name(device) if on_gpu else _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "torch": torch.__version__,
        "torch_threads": torch.get_num_threads(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
