"""The networks that come with Visage: which are there, and who may use them.

Each is a safetensors file, whose header says what it was trained on, and a graph of the same name that reads its
numbers. `compact` is the engine of `compact.safetensors`, `compact:clean` that of `compact-clean.safetensors`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.engines import COMPACT, family
from contracts.errors import Reason, RequestError

FOLDER = Path(__file__).parents[1] / "gpu_agent" / "models"

# What faces a network was trained on: its license.
RESEARCH, CLEAN = "research", "clean"
CLEAN_COMPACT = f"{COMPACT}:{CLEAN}"

FOR_RESEARCH = (
    "Its weights are for research and demonstration only, like some of the faces that they learned from."
)
"""What is said wherever such an engine is named."""


@dataclass(frozen=True, slots=True)
class Packaged:
    """A network in its two files.

    Attributes:
        weights: The safetensors file.
        metadata: Of its header: `family`, `shape`, `license`, `name`, and how it was trained.
    """

    weights: Path
    metadata: Mapping[str, str]

    @property
    def graph(self) -> Path:
        """The ONNX file."""
        return self.weights.with_suffix(".onnx")

    @property
    def for_business(self) -> bool:
        """Whether a business may use it."""
        return self.metadata.get("license") == CLEAN


def packaged(engine: str) -> Packaged | None:
    """The network of an engine, if one comes with Visage."""
    name = engine.replace(":", "-", 1)
    for weights in FOLDER.glob(f"{COMPACT}*.safetensors"):
        if weights.stem == name and weights.with_suffix(".onnx").is_file():
            return Packaged(weights, _metadata(weights))
    return None


def usual(*, commercial: bool) -> str | None:
    """The best engine that comes with Visage and that such a service may use."""
    for engine in (COMPACT, CLEAN_COMPACT):
        found = packaged(engine)
        if found is not None and (found.for_business or not commercial):
            return engine
    return None


def is_packaged(engine: str) -> bool:
    """Whether an engine is one whose network comes with Visage, be it there or not."""
    return family(engine) == COMPACT


def check_use(engine: str, *, commercial: bool) -> None:
    """Refuse an engine whose network is not there, or that a `commercial` service may not use.

    Raises:
        RequestError: WEIGHTS_MISSING, NON_COMMERCIAL.
    """
    found = packaged(engine)
    if found is None:
        there = ", ".join(engines()) or "none"
        message = f"No weights for the engine {engine} come with Visage. Engines with weights: {there}."
        raise RequestError(Reason.WEIGHTS_MISSING, message, engine=engine)
    if commercial and not found.for_business:
        clean = usual(commercial=True)
        message = (
            f"The engine {engine} is for research and demonstration only, and this service is a business. "
            + (f"{clean} would pass." if clean else "Choose another engine.")
        )
        raise RequestError(
            Reason.NON_COMMERCIAL, message, engine=engine, license=found.metadata.get("license")
        )


def engines() -> list[str]:
    """Every engine whose network is there."""
    found = sorted(path.stem for path in FOLDER.glob(f"{COMPACT}*.safetensors"))
    names = [stem.replace("-", ":", 1) for stem in found]
    return [name for name in names if packaged(name)]


def _metadata(weights: Path) -> Mapping[str, str]:
    """Of a safetensors file: 8 bytes, the size of the header; the header, JSON."""
    with weights.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    found: Mapping[str, str] = header.get("__metadata__", {})
    return found
