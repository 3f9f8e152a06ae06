"""Tensors as they lie in a file: known by shape before a byte of them is read."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

BFLOAT16 = "bfloat16"  # numpy has no such type
_BYTES = {BFLOAT16: 2}


class UnreadableError(ValueError):
    """A file does not hold what it should; the message is a clause that says why."""


class Tensor(Protocol):
    """A tensor of a file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its size in each direction."""

    def read(self) -> Array:
        """Its numbers, whole, in an array of their own. Raises `UnreadableError` where the file does not hold them."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A row of numbers that tensors are windows on.

    Attributes:
        key: Names it within its file.
        kind: Of its numbers: a numpy type such as "f4", or `BFLOAT16`.
        count: How many there are.
        start: Where this one begins, as a part of another storage, in numbers.
    """

    key: str
    kind: str
    count: int
    start: int = 0

    @property
    def item_bytes(self) -> int:
        """Bytes of one number."""
        return _BYTES.get(self.kind) or np.dtype(self.kind).itemsize


@dataclass(frozen=True, slots=True)
class Window:
    """A tensor as files of torch have it: which numbers of a storage it is made of."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def extent(self) -> int:
        """How many numbers of the storage, from its own start, it reaches over."""
        if 0 in self.shape:
            return self.offset
        last = sum((size - 1) * stride for size, stride in zip(self.shape, self.strides, strict=True))
        return self.offset + last + 1

    def checked(self) -> "Window":
        """Itself. Raises `UnreadableError` where it lies outside its storage, or is larger."""
        numbers = (self.offset, *self.shape, *self.strides)
        if len(self.shape) != len(self.strides) or min(numbers) < 0 or self.extent > self.storage.count:
            raise UnreadableError("it lies outside its storage")
        if math.prod(self.shape) > self.storage.count:
            raise UnreadableError("it is larger than its storage")
        return self

    def of(self, raw: bytes | memoryview) -> Array:
        """Its numbers out of its storage's bytes, wide ones as float32."""
        kind = "u2" if self.storage.kind == BFLOAT16 else self.storage.kind
        numbers = np.frombuffer(raw, f"<{kind}", self.storage.count)
        strides = tuple(stride * numbers.itemsize for stride in self.strides)
        # A window in numpy's own terms; `checked` has seen that it lies inside.
        view = np.lib.stride_tricks.as_strided(numbers[self.offset :], self.shape, strides, writeable=False)
        if self.storage.kind == BFLOAT16:  # the upper half of a float32
            return (view.astype(np.uint32) << 16).view(np.float32)
        return np.array(view, order="C")
