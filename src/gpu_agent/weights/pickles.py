"""Reading torch files without running what is in them.

A pickle is a program: it names functions and has them called. Here only the names that rebuild tensors mean what they
say; every other name, whatever it is, becomes an inert class that keeps what it is given.
"""

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

_REBUILDERS = ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_parameter")
_STORAGES = (
    "FloatStorage", "HalfStorage", "DoubleStorage", "BFloat16Storage", "LongStorage", "IntStorage", "ShortStorage",
    "CharStorage", "ByteStorage", "BoolStorage",
)  # fmt: skip
_DEPTH = 32  # of modules in modules


class Inert:
    """Stands for an object of a class that is not known here: keeps its state, does nothing."""

    dump_patches = False  # asked of classes by files from before the zip format

    def __new__(cls, *_arguments: Any, **_named: Any) -> "Inert":
        """Whatever it would have been called with."""
        return super().__new__(cls)

    def __init__(self, *_arguments: Any, **_named: Any) -> None:
        self.state: dict[str, Any] = {}

    def __setstate__(self, state: Any) -> None:
        self.state = state if isinstance(state, dict) else {}


class Unpickler(pickle.Unpickler):
    """Finds nothing but what rebuilds tensors."""

    def find_class(self, module: str, name: str, /) -> Any:
        """The function or class of that name, if it is harmless, else a new `Inert`."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch._utils" and name in _REBUILDERS:
            return getattr(torch._utils, name)
        if module == "torch" and name in _STORAGES:
            return getattr(torch, name)
        if (module, name) == ("torch", "Size"):
            return torch.Size
        return type("Inert", (Inert,), {"__module__": __name__})


def _load(file: Any, **options: Any) -> Any:
    return Unpickler(file, **options).load()


# What torch.load takes instead of the module `pickle`.
_PICKLE = SimpleNamespace(Unpickler=Unpickler, load=_load, __name__="pickle")


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a file that torch.save wrote, by their names; of a module those of its parts.

    Takes state dicts, dicts with one under "state_dict" or "model", whole modules, and any of them wrapped in
    DataParallel; the zip format and the one before it.

    Raises:
        ValueError: It is no such file, or has no tensors.
    """
    try:
        content = torch.load(path, map_location="cpu", pickle_module=_PICKLE, weights_only=False)
    except Exception as error:
        raise ValueError(f"{path.name} cannot be read as a torch file: {error}") from error
    found = _tensors(content)
    if not found:
        raise ValueError(f"{path.name} holds no tensors by name")
    return found


def _tensors(content: Any) -> dict[str, Tensor]:
    if isinstance(content, Inert):
        return _bare(_of_module(content))
    if not isinstance(content, Mapping):
        return {}
    for name in ("state_dict", "model", "module"):
        if isinstance(content.get(name), Mapping | Inert):
            return _tensors(content[name])
    return _bare({str(name): value for name, value in content.items() if isinstance(value, Tensor)})


def _of_module(module: Inert, prefix: str = "", depth: int = 0) -> dict[str, Tensor]:
    """Parameters, buffers and those of the parts, as `torch.nn.Module.state_dict` names them."""
    found: dict[str, Tensor] = {}
    for group in ("_parameters", "_buffers"):
        found |= {
            f"{prefix}{name}": value
            for name, value in _dict(module.state.get(group)).items()
            if isinstance(value, Tensor)
        }
    for name, part in _dict(module.state.get("_modules")).items():
        if isinstance(part, Inert) and depth < _DEPTH:
            found |= _of_module(part, f"{prefix}{name}.", depth + 1)
    return found


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _bare(found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Without the prefix that DataParallel gives to every name."""
    if found and all(name.startswith("module.") for name in found):
        return {name.removeprefix("module."): value for name, value in found.items()}
    return found
