"""A bounded cache of blocks over anything that can fetch byte ranges."""

from collections import OrderedDict
from collections.abc import Callable

# Small, so that jumping about in an index costs little; runs of blocks come in one request.
BLOCK = 64 * 1024
_CAPACITY = 16 * 2**20  # bytes kept
_LONGEST_RUN = 2 * 2**20  # bytes in one request


class BlockCache:
    """Reads through blocks, keeps the latest of them, and reads ahead when reading goes forward.

    Args:
        fetch: Bytes from `start` to `end` (exclusive).
        block_size: Bytes of a block.
        capacity: Blocks kept; None for 16 MiB of them.
    """

    def __init__(
        self, fetch: Callable[[int, int], bytes], block_size: int = BLOCK, capacity: int | None = None
    ) -> None:
        self._fetch = fetch
        self.block_size = block_size
        self._capacity = capacity or max(1, _CAPACITY // block_size)
        self._longest = max(1, _LONGEST_RUN // block_size)
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._size = 0
        self._next = 0
        self._ahead = 0

    def start(self, size: int, first: bytes = b"") -> None:
        """Begin a file of `size` bytes, of which the `first` are known."""
        self._size = size
        self.clear()
        if first:
            self._keep(0, first)

    def read(self, offset: int, count: int) -> bytes:
        """`count` bytes from `offset`, fewer at the end of the file; reads may exceed the cache."""
        end = min(offset + count, self._size)
        pieces = []
        while offset < end:
            index, within = divmod(offset, self.block_size)
            piece = self._block(index, -(-end // self.block_size))[within : within + end - offset]
            pieces.append(piece)
            offset += len(piece)
        return b"".join(pieces)

    def clear(self) -> None:
        """Forget every block."""
        self._blocks.clear()

    def _block(self, index: int, wanted: int) -> bytes:
        if index not in self._blocks:
            self._load(index, wanted)
        self._blocks.move_to_end(index)
        return self._blocks[index]

    def _load(self, index: int, wanted: int) -> None:
        """Fetch missing blocks from `index` up to block `wanted`, and more while reading goes forward."""
        self._ahead = min(max(1, self._ahead * 2), self._longest) if index == self._next else 0
        stop = index + min(max(wanted - index, self._ahead, 1), self._longest, self._capacity)
        stop = min(stop, -(-self._size // self.block_size))
        stop = next((known for known in range(index + 1, stop) if known in self._blocks), stop)
        self._next = stop
        self._keep(index, self._fetch(index * self.block_size, min(stop * self.block_size, self._size)))

    def _keep(self, index: int, data: bytes) -> None:
        for start in range(0, len(data), self.block_size):
            self._blocks[index + start // self.block_size] = data[start : start + self.block_size]
        while len(self._blocks) > self._capacity:
            self._blocks.popitem(last=False)
