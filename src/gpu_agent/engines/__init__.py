"""The engines by name. A new one is a class that fits `base.Engine` and a line in the table below.

A name is a family, or a family and what it is to use: `simswap:NAME`. Libraries that only some engines need are
imported when such an engine is created, so that all else runs without them.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from contracts.engines import family
from contracts.errors import Reason, WorkError
from gpu_agent.engines.base import Engine
from gpu_agent.engines.paste import PasteEngine

# By role, "generator" or "identity", the safetensors file; its metadata names the family that it fits.
Weights = Mapping[str, Path]
NO_WEIGHTS: Weights = MappingProxyType({})


def _paste(_name: str, device: str, _weights: Weights) -> Engine:
    return PasteEngine(device)


def _simswap(name: str, device: str, weights: Weights) -> Engine:
    from gpu_agent.engines.simswap import SimSwapEngine

    return SimSwapEngine(name, device, weights)


_ENGINES: Mapping[str, Callable[[str, str, Weights], Engine]] = MappingProxyType(
    {"paste": _paste, "simswap": _simswap}
)
# Those that compute by a library which may be missing here, and whose weights come with the order.
_LIBRARIES: Mapping[str, str] = MappingProxyType({"simswap": "torch"})


def known() -> list[str]:
    """Families of all engines."""
    return list(_ENGINES)


def available() -> list[str]:
    """Families of the engines whose libraries are here."""
    return [name for name in _ENGINES if name not in _LIBRARIES or find_spec(_LIBRARIES[name])]


def weighted(name: str) -> bool:
    """Whether an engine of that name needs weights."""
    return family(name) in _LIBRARIES


def load_library(name: str) -> None:
    """Import what a weighted engine computes by, which takes seconds. Raises `WorkError` where it is not here."""
    _require(name)
    import_module(_LIBRARIES[family(name)])


def create(name: str, device: str = "cpu", weights: Weights = NO_WEIGHTS) -> Engine:
    """The engine of that name on a device.

    Raises:
        WorkError: `ENGINE_MISSING` where there is none, its library is not here, or `weights` lack what it needs.
    """
    _require(name)
    return _ENGINES[family(name)](name, device, weights)


def _require(name: str) -> None:
    if family(name) not in available():
        message = f'This agent has no engine "{name}"; it has {", ".join(available())}.'
        if weighted(name):
            message += f" {_LIBRARIES[family(name)]} is not installed here: `make torch` does that."
        raise WorkError(Reason.ENGINE_MISSING, message, engine=name, engines=available())
