"""A smaller file that shows the same fault: cut, then blanked, as long as the fault stays."""

from collections.abc import Callable, Iterator

from tests.fuzz.formats import format_of
from tests.fuzz.tree import places

_TRIES = 300


def minimized(data: bytes, fails: Callable[[bytes], bool], tries: int = _TRIES) -> bytes:
    """The least of `data` that still `fails`, as far as so many tries find it."""
    data = _pruned(data, fails, tries // 3)
    left = tries - tries // 3
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


def _pruned(data: bytes, fails: Callable[[bytes], bool], tries: int) -> bytes:
    """Without the pieces that the fault does not need."""
    form = format_of(data)
    if form is None:
        return data
    at = 0
    for _ in range(tries):
        tree = form.parse(data)
        found = list(places(tree))
        if at >= len(found):
            break
        del found[at].siblings[found[at].index]
        smaller = form.write(tree)
        if len(smaller) < len(data) and fails(smaller):
            data = smaller
        else:
            at += 1
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
