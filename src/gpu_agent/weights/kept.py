"""The files that weights are kept in: safetensors, written so that the same weights make the same bytes.

8 bytes, the size of the header; the header, JSON; the numbers. https://github.com/huggingface/safetensors#format
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from contracts.errors import Reason, WeightsError
from gpu_agent.weights.fitting import check_fit, numbers_of
from gpu_agent.weights.layouts import COUNTER, Layout, layout_of
from gpu_agent.weights.sources import open_weights
from gpu_agent.weights.stored import Array

_ALIGNMENT = 8


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: SHA-256 and size in bytes of the file, and how many numbers are in it."""

    sha256: str
    size: int
    parameters: int


def write(path: Path, layout: Layout, read: Callable[[str], Array], metadata: Mapping[str, str]) -> Written:
    """Write a file with the tensors of a layout, one after another; `read` gives each as it is kept."""
    names = sorted(layout, key=lambda name: (not _is_counter(name), name))  # 64 bits first: aligned
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for part in (_header(names, layout, metadata), *(read(name).tobytes() for name in names)):
            file.write(part)
            digest.update(part)
            size += len(part)
    return Written(digest.hexdigest(), size, sum(prod(shape) for shape in layout.values()))


def _header(names: list[str], layout: Layout, metadata: Mapping[str, str]) -> bytes:
    described: dict[str, Any] = {"__metadata__": dict(sorted(metadata.items()))}
    end = 0
    for name in names:
        begin, end = end, end + prod(layout[name]) * (8 if _is_counter(name) else 4)
        kind = "I64" if _is_counter(name) else "F32"
        described[name] = {"dtype": kind, "shape": layout[name], "data_offsets": [begin, end]}
    text = json.dumps(described, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(8, "little") + text


def _is_counter(name: str) -> bool:
    return name.endswith(COUNTER)


def check(path: Path) -> Mapping[str, str]:
    """The metadata of a kept file, once every tensor of its family was found in it, and is sound.

    Raises:
        WeightsError: BAD_WEIGHTS.
    """
    source = open_weights(path)
    try:
        layout = layout_of(source.metadata)
    except ValueError as error:
        raise WeightsError(
            Reason.BAD_WEIGHTS, f"The file says of no family that it is its own: {error}."
        ) from error
    check_fit(source.tensors, layout, source.metadata["family"])
    for name, tensor in source.tensors.items():
        numbers_of(name, tensor)
    return source.metadata
