"""A smaller file that shows the same fault: cut, then blanked, as long as the fault stays."""

from collections.abc import Callable, Iterator

_TRIES = 300


def minimized(data: bytes, fails: Callable[[bytes], bool], tries: int = _TRIES) -> bytes:
    """The least of `data` that still `fails`, as far as so many tries find it."""
    left = tries
    for change in (_ends, _holes, _blanks):
        size = len(data)
        while size and left > 0:
            size //= 2
            for smaller in change(data, size):
                left -= 1
                if smaller != data and fails(smaller):
                    data = smaller
                    break
                if left <= 0:
                    break
    return data


def _ends(data: bytes, size: int) -> Iterator[bytes]:
    yield data[: len(data) - size]


def _holes(data: bytes, size: int) -> Iterator[bytes]:
    """Without one block of `size` bytes; small ones would be too many."""
    if size >= 64:
        for at in range(0, len(data), size):
            yield data[:at] + data[at + size :]


def _blanks(data: bytes, size: int) -> Iterator[bytes]:
    """One block of zeros."""
    if size >= 16:
        for at in range(0, len(data), size):
            yield data[:at] + bytes(len(data[at : at + size])) + data[at + size :]
