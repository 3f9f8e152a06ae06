"""What an actor remembers about messages it has seen, within bounds."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Memory(Generic[V]):
    """A mapping that forgets what was written longest ago beyond `capacity` entries."""

    def __init__(self, capacity: int = 4096) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[Hashable, V] = OrderedDict()

    def get(self, key: Hashable, default: V) -> V:
        """What is remembered, or `default`."""
        return self._entries.get(key, default)

    def put(self, key: Hashable, value: V) -> None:
        """Remember."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def forget(self, key: Hashable) -> None:
        """Forget, if it is known at all."""
        self._entries.pop(key, None)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)
