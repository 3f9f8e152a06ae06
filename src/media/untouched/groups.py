"""The groups of pictures of a source, as its packets come by: what may be copied, and from where to where."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from av.packet import Packet
from av.video.stream import VideoStream

from contracts.media import EncodeSpec, SegmentRange
from media.untouched.rules import Look, Rules, rules_of

VideoPacket: TypeAlias = "Packet[VideoStream]"

# Bytes of packets kept of one group: a group of 5 seconds has as many at 100 Mbit/s.
LARGEST_GROUP = 64 * 2**20


@dataclass
class Group:
    """The packets from one joint to the next.

    Attributes:
        start: Presentation time of the joint.
        times: Presentation times in decoding order.
        packets: In the form that the result stores; empty once the group was given up.
        whole: Whether its end was met.
        clean: Whether nothing in it stands against copying it.
    """

    start: int
    times: list[int] = field(default_factory=list)
    packets: list[VideoPacket] = field(default_factory=list)
    size: int = 0
    whole: bool = False
    clean: bool = True

    def add(self, packet: VideoPacket, fits: bool, stored: Callable[[bytes], bytes]) -> None:
        """Take in the next packet, unless it does not fit in with a copy."""
        pts = packet.pts
        self.size += packet.size
        fits = fits and pts is not None and pts >= self.start and self.size <= LARGEST_GROUP
        if not fits or packet.is_discard or packet.is_corrupt:
            self.give_up()
        elif self.clean and pts is not None:
            self.times.append(pts)
            self.packets.append(restated(packet, stored))

    def give_up(self) -> None:
        """It will not be copied: let its packets go."""
        self.clean = False
        self.packets.clear()

    def is_exactly(self, shown: Sequence[int]) -> bool:
        """Whether it can be copied for frames at the ascending times `shown`, all of them and no other."""
        return self.whole and self.clean and sorted(self.times) == list(shown)


class Groups:
    """Watches the packets of a source on their way to the decoder.

    Its decoder may be some packets ahead of the frames that are asked for, its demuxer begins anew for
    every `begin`.
    """

    def __init__(self, spec: EncodeSpec, span: SegmentRange) -> None:
        """For a spec that `copies`; groups that begin before `span`, or go beyond its end, are given up at once."""
        self._span = span
        self._rules = rules_of(spec)
        self._reorder = spec.reorder_frames
        self._groups: deque[Group] = deque()
        self._covered = False

    @property
    def rules(self) -> Rules:
        """The codec's rules."""
        return self._rules

    def begin(self, stream: VideoStream) -> None:
        """Packets of `stream` will come, from any place in it."""
        self._groups.clear()
        self._covered = self._rules.begin(stream.codec_context.extradata or b"")

    def see(self, packet: VideoPacket) -> None:
        """The next packet in decoding order."""
        if packet.has_sidedata("new_extradata"):
            self._covered = False  # a second header: this is no longer what was probed
        look = self._rules.look(bytes(packet)) if self._covered else Look.FOREIGN
        if look is Look.JOINT and packet.pts is not None:
            self._end(packet.pts)
            self._groups.append(Group(packet.pts, clean=self._lies_within(packet.pts)))
        if self._groups:
            self._groups[-1].add(packet, look is not Look.FOREIGN, self._rules.copied)

    def end(self) -> None:
        """There is no further packet."""
        self._end(None)

    def of(self, pts: int) -> Group | None:
        """The group that a frame belongs to; frames have to be asked for in order. None before any joint."""
        while len(self._groups) > 1 and self._groups[1].start <= pts:
            self._groups.popleft()
        return self._groups[0] if self._groups and self._groups[0].start <= pts else None

    def _lies_within(self, start: int) -> bool:
        last = self._span.last_key_pts
        return self._span.start_pts <= start and (last is None or start < last)

    def _end(self, next_start: int | None) -> None:
        if not self._groups:
            return
        last = self._groups[-1]
        last.whole = True
        crossed = next_start is not None and any(pts >= next_start for pts in last.times)
        if crossed or reordering(last.times) > self._reorder:
            last.give_up()


def restated(packet: VideoPacket, stored: Callable[[bytes], bytes]) -> VideoPacket:
    """The packet with its bytes as `stored` makes them; the same packet where that changes nothing."""
    before = bytes(packet)
    after = stored(before)
    if after is before:
        return packet
    out = cast("VideoPacket", Packet(after))
    out.pts, out.time_base, out.duration = packet.pts, packet.time_base, packet.duration
    out.is_keyframe = packet.is_keyframe
    return out


def reordering(times: Sequence[int]) -> int:
    """How many places a packet comes late in decoding order, compared with the order of `times`, at most."""
    places = {pts: place for place, pts in enumerate(sorted(times))}
    return max((place - places[pts] for place, pts in enumerate(times)), default=0)
