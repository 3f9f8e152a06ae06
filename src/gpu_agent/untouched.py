"""Groups of pictures in which nothing is swapped: their packets are taken as they are, nothing is encoded again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from contracts.media import EncodeSpec
from gpu_agent.seen import Seen
from media.pixels.frame import Frame
from media.untouched.groups import Group, Groups, VideoPacket

# Bytes of frames kept of a group of which nothing is known yet: 20 frames of 1080p.
HELD_BYTES = 64 * 2**20

# Decodes the frames from one time to another, inclusive, once more.
Again = Callable[[int, int], Iterable[Frame]]


@dataclass(frozen=True)
class Copied:
    """A whole group of pictures that stays as it is: its packets, and the ascending times of its frames."""

    packets: list[VideoPacket]
    times: list[int]


@dataclass(frozen=True)
class Looked:
    """A frame was looked at whose group is not decided yet."""


Item = Seen[Frame] | Copied | Looked


class Sorting:
    """Tells the groups that are copied from the frames that are encoded."""

    def __init__(self, groups: Groups, spec: EncodeSpec, again: Again, held_bytes: int = HELD_BYTES) -> None:
        """`groups` has watched the reader that the frames come from; it holds at most `held_bytes` of frames."""
        self._groups = groups
        self._spec = spec
        self._again = again
        self._most = held_bytes

    def sorted(self, seen: Iterable[Seen[Frame]]) -> Iterator[Item]:
        """Everything in order: a frame as it came, or once all of its group are known the group.

        For each frame that waits a `Looked` comes first.
        """
        group: Group | None = None
        waiting: _Waiting | None = None
        for one in seen:
            if (found := self._groups.of(one.frame.pts)) is not group:
                yield from waiting.end() if waiting is not None else ()
                group = found
                waiting = _Waiting(group, self._again, self._most) if group is not None else None
            if waiting is not None and self._stays(waiting, one):
                waiting.add(one)
                yield Looked()
                continue
            yield from waiting.give_up() if waiting is not None else ()
            waiting = None
            yield one
        yield from waiting.end() if waiting is not None else ()

    def _stays(self, waiting: "_Waiting", one: Seen[Frame]) -> bool:
        """Whether the group may still be copied, with this frame in it."""
        video, spec = one.frame.video, self._spec
        alike = (video.width, video.height, video.format.name) == (
            spec.width,
            spec.height,
            spec.source_format,
        )
        return waiting.group.clean and not one.faces and alike and not video.is_corrupt


class _Waiting:
    """The frames of a group that is not decided yet. Where they become too many they are let go."""

    def __init__(self, group: Group, again: Again, most: int) -> None:
        self.group = group
        self._again = again
        self._most = most
        self._times: list[int] = []
        self._held: list[Seen[Frame]] = []
        self._bytes = 0

    def add(self, one: Seen[Frame]) -> None:
        """Wait with a frame without faces."""
        self._times.append(one.frame.pts)
        self._bytes += one.frame.size
        if self._bytes <= self._most:
            one.frame.let_go()
            self._held.append(one)
        else:
            self._held.clear()

    def end(self) -> Iterator[Item]:
        """The group, if it is whole and nothing spoke against it; else its frames."""
        if self.group.is_exactly(self._times):
            yield Copied(self.group.packets, self._times)
        else:
            yield from self.give_up()

    def give_up(self) -> Iterator[Seen[Frame]]:
        """Its frames so far; those that were let go are decoded again."""
        self.group.give_up()
        if self._held or not self._times:
            yield from self._held
            return
        for frame in self._again(self._times[0], self._times[-1]):
            yield Seen(frame, [])
