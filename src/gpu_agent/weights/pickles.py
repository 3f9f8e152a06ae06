"""Pickles read without running what is in them.

A pickle is a program: it names functions and has them called. Here only the few names that torch writes tensors with
mean something, and that is done by functions of this module. Every other name, whatever it is, becomes an inert class
that keeps what it is given. Names and numbers are by torch/_utils.py and torch/storage.py.
"""

import pickle
import pickletools
from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple

from gpu_agent.weights.stored import BFLOAT16, Storage, Window

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "FloatStorage": "f4",
        "HalfStorage": "f2",
        "DoubleStorage": "f8",
        "BFloat16Storage": BFLOAT16,
        "LongStorage": "i8",
        "IntStorage": "i4",
        "ShortStorage": "i2",
        "CharStorage": "i1",
        "ByteStorage": "u1",
        "BoolStorage": "?",
    }
)
# A pickle numbers what it will come back to, and whoever loads it makes room up to the highest number.
_MOST_NUMBERED = 2**20
_NUMBERING = ("PUT", "BINPUT", "LONG_BINPUT")
# A storage as a pickle refers to it, by the tuple that it gives.
Refer = Callable[[tuple[Any, ...]], Any]


class Inert:
    """Stands for an object of a class that is not known here: keeps its state, does nothing."""

    state: dict[Any, Any]

    def __new__(cls, *_arguments: Any, **_named: Any) -> "Inert":
        """Whatever it would have been called with."""
        made = super().__new__(cls)
        made.state = {}
        return made

    def __setstate__(self, state: Any) -> None:
        self.state = state if isinstance(state, dict) else {}

    def __setitem__(self, _key: Any, _value: Any) -> None:
        """As a kind of dict is filled."""

    def append(self, _value: Any) -> None:
        """As a kind of list is filled."""

    def extend(self, _values: Any) -> None:
        """As a kind of list is filled."""

    def __call__(self, *_arguments: Any, **_named: Any) -> "Inert":
        """As a function that a function has made."""
        return Inert()


class StorageKind(NamedTuple):
    """Stands for a class of storages. It cannot be called, as storages come by reference only, nor be changed."""

    kind: str


class Unpickler(pickle.Unpickler):
    """Builds dicts, lists and windows on storages; all else is inert."""

    def __init__(self, file: BinaryIO, refer: Refer) -> None:
        # Files written by Python 2 hold names as bytes.
        super().__init__(file, encoding="latin-1")
        self._file = file
        self._refer = refer

    def load(self) -> Any:
        """What was saved. Raises `pickle.UnpicklingError`, or whatever a damaged pickle leads to."""
        begin = self._file.tell()
        for opcode, number, _ in pickletools.genops(self._file):
            if opcode.name in _NUMBERING and isinstance(number, int) and number >= _MOST_NUMBERED:
                raise pickle.UnpicklingError("it numbers more than it could hold")
        self._file.seek(begin)
        return super().load()

    def find_class(self, module: str, name: str, /) -> Any:
        """What a name means: a rebuilder, a kind of storage, a dict, or nothing."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch._utils" and name in _REBUILDERS:
            return _REBUILDERS[name]
        if module in ("torch", "torch.cuda") and name in KINDS:
            return StorageKind(KINDS[name])
        if (module, name) == ("torch", "Size"):
            return tuple
        return type("Inert", (Inert,), {})

    def persistent_load(self, pid: Any, /) -> Any:
        """What lies outside the pickle. Raises `pickle.UnpicklingError` where the reference makes no sense."""
        if not isinstance(pid, tuple) or not pid:
            raise pickle.UnpicklingError("a reference makes no sense")
        if pid[0] == "module":  # a class and its source, by versions before 1.6
            return pid[1]
        if pid[0] != "storage" or len(pid) < 5 or not isinstance(pid[1], StorageKind):
            raise pickle.UnpicklingError("a reference makes no sense")
        return self._refer(pid)


class _Tensor:
    """Rebuilds a tensor. An object without attributes: those of a function could be changed by a pickle."""

    __slots__ = ()

    def __call__(self, storage: Any, offset: Any, size: Any, stride: Any, *_more: Any) -> Window:
        if not isinstance(storage, Storage):
            raise pickle.UnpicklingError("a tensor has no storage")
        return Window(storage, int(offset), _whole(size), _whole(stride))


class _Parameter:
    """Takes a parameter for the tensor that it is."""

    __slots__ = ()

    def __call__(self, tensor: Any, *_more: Any) -> Any:
        return tensor


def _whole(numbers: Any) -> tuple[int, ...]:
    return tuple(int(number) for number in numbers)


_REBUILDERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "_rebuild_tensor": _Tensor(),
        "_rebuild_tensor_v2": _Tensor(),
        "_rebuild_parameter": _Parameter(),
        "_rebuild_parameter_with_state": _Parameter(),
    }
)


def nothing_refers(_pid: tuple[Any, ...]) -> Any:
    """For pickles that stand alone. Raises `pickle.UnpicklingError`."""
    raise pickle.UnpicklingError("a reference makes no sense")
