"""Opening a file of weights, whatever wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

from contracts.errors import Reason, WeightsError
from gpu_agent.weights.states import state_of
from gpu_agent.weights.stored import Array, Tensor, UnreadableError, Window
from gpu_agent.weights.torch_files import TorchFile, is_legacy, is_zip, open_legacy, open_zip

_HEAD_BYTES = 512
_NO_WEIGHTS = {
    b"version https://git-lfs": "it is a pointer of Git LFS instead of the file; `git lfs pull` fetches that",
    b"<!doctype": "it is a web page, perhaps that of a download which was refused",
    b"<html": "it is a web page, perhaps that of a download which was refused",
}


@dataclass(frozen=True)
class Source:
    """An open file: its tensors by name, and what its header says where it has one."""

    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Saved:
    """A tensor of a torch file."""

    file: TorchFile
    window: Window

    @property
    def shape(self) -> tuple[int, ...]:
        return self.window.shape

    def read(self) -> Array:
        return self.file.read(self.window)


@dataclass(frozen=True, slots=True)
class _Slice:
    """A tensor of a safetensors file."""

    file: Any
    name: str
    shape: tuple[int, ...]

    def read(self) -> Array:
        try:
            return np.asarray(self.file.get_tensor(self.name))
        except Exception as error:
            raise UnreadableError(f"it is of a kind that is not known here ({error})") from error


def open_weights(path: Path) -> Source:
    """A file of torch.save, in the zip format or the one before, or of safetensors.

    Raises:
        WeightsError: BAD_WEIGHTS, with what it is instead.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    for beginning, cause in _NO_WEIGHTS.items():
        if head.lower().startswith(beginning):
            raise _bad(cause)
    try:
        source = _opened(path, head)
    except UnreadableError as error:
        raise _bad(str(error)) from error
    except Exception as error:  # what is damaged raises anything
        raise _bad(f"it is damaged or cut off ({error or type(error).__name__})") from error
    if not source.tensors:
        raise _bad("it holds no tensors by name")
    return source


def _opened(path: Path, head: bytes) -> Source:
    if is_zip(head):
        return _of_torch(open_zip(path))
    if is_legacy(head):
        return _of_torch(open_legacy(path))
    if head[8:9] != b"{":
        raise UnreadableError("neither torch nor safetensors wrote it" if head else "it is empty")
    handle: Any = safe_open(path, framework="numpy")
    shapes = {name: tuple(handle.get_slice(name).get_shape()) for name in handle.keys()}  # noqa: SIM118
    return Source(
        {name: _Slice(handle, name, shape) for name, shape in shapes.items()}, handle.metadata() or {}
    )


def _of_torch(file: TorchFile) -> Source:
    return Source({name: _Saved(file, window) for name, window in state_of(file.content).items()})


def _bad(cause: str) -> WeightsError:
    return WeightsError(Reason.BAD_WEIGHTS, f"The file cannot be read as weights: {cause}.")
