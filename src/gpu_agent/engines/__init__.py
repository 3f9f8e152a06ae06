"""The engines by name. A new one is a class that fits `base.Engine` and a line in the table below.

A name is a family, or a family and what it is to use: `simswap:NAME`. Libraries that only some engines need are
imported when such an engine is created, so that all else runs without them.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from contracts import packaged
from contracts.engines import COMPACT, PASTE, SIMSWAP, family
from contracts.errors import Reason, WorkError
from gpu_agent.engines.base import Engine
from gpu_agent.engines.paste import PasteEngine

# By role, "generator" or "identity", the safetensors file; its metadata names the family that it fits.
Weights = Mapping[str, Path]
NO_WEIGHTS: Weights = MappingProxyType({})


def _paste(_name: str, device: str, _weights: Weights) -> Engine:
    return PasteEngine(device)


def _compact(name: str, device: str, weights: Weights) -> Engine:
    from gpu_agent.engines.compact import CompactEngine

    return CompactEngine(name, device, weights)


def _simswap(name: str, device: str, weights: Weights) -> Engine:
    from gpu_agent.engines.simswap import SimSwapEngine

    return SimSwapEngine(name, device, weights)


_ENGINES: Mapping[str, Callable[[str, str, Weights], Engine]] = MappingProxyType(
    {PASTE: _paste, COMPACT: _compact, SIMSWAP: _simswap}
)
# Those that compute by a library which may be missing here.
_LIBRARIES: Mapping[str, str] = MappingProxyType({COMPACT: "onnxruntime", SIMSWAP: "torch"})
_INSTALLS: Mapping[str, str] = MappingProxyType({COMPACT: "make setup", SIMSWAP: "make torch"})


def known() -> list[str]:
    """Families of all engines."""
    return list(_ENGINES)


def available() -> list[str]:
    """Families of the engines whose libraries are here, and whose networks are if they come with Visage."""
    return [name for name in _ENGINES if _has_library(name) and (name != COMPACT or packaged.engines())]


def usual() -> str:
    """The engine that runs with what is here: the best one."""
    engine = packaged.usual(commercial=False)
    return engine if engine is not None and COMPACT in available() else PASTE


def load_library(name: str) -> None:
    """Import what an engine computes by, which takes seconds. Raises `WorkError` where it is not here."""
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
    if family(name) not in _ENGINES or not _has_library(family(name)):
        message = f'This agent has no engine "{name}"; it has {", ".join(available())}.'
        if family(name) in _ENGINES:
            kind = family(name)
            message += f" {_LIBRARIES[kind]} is not installed here: `{_INSTALLS[kind]}` does that."
        raise WorkError(Reason.ENGINE_MISSING, message, engine=name, engines=available())


def _has_library(name: str) -> bool:
    return name not in _LIBRARIES or find_spec(_LIBRARIES[name]) is not None
