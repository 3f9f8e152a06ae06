"""The rows of packets a segment is made of: encoded here, or copied from the source between what is encoded."""

from collections.abc import Callable, Iterable

from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from contracts.media import EncodeSpec
from media.joining.timeline import DecodingClock
from media.untouched.groups import VideoPacket, restated
from media.untouched.rules import Rules, rules_of


class Runs:
    """Writes encoded and copied runs to one stream.

    An encoded run has an encoder of its own, so that it needs nothing from outside and nothing outside needs
    it. The stream's header is the same whatever runs there are.
    """

    def __init__(
        self,
        container: OutputContainer,
        stream: VideoStream,
        spec: EncodeSpec,
        new_encoder: Callable[[], VideoCodecContext],
    ) -> None:
        """Write to `stream`, whose own encoder, still closed, makes the first run.

        Args:
            spec: One that `copies`.
            new_encoder: Makes the encoder of each further run.
        """
        self._container = container
        self._stream = stream
        self._new_encoder = new_encoder
        self._rules: Rules = rules_of(spec)
        step = max(1, round(1 / (spec.fps * spec.time_base))) if spec.fps else 1
        self._clock = DecodingClock(spec.reorder_frames, step)
        self._time_base = spec.time_base
        own = stream.codec_context
        own.open()
        own.extradata = self._rules.header(own.extradata or b"") or None
        self._encoder: VideoCodecContext | None = own
        self._begun = False

    def encode(self, picture: VideoFrame) -> None:
        """Go on with the encoded run, or begin one."""
        if self._encoder is None:
            self._encoder = self._new_encoder()
        self._begun = True
        self._put_own(self._encoder.encode(picture))

    def copy(self, packets: Iterable[VideoPacket], first_pts: int) -> None:
        """Put in whole groups of the source as `Groups` keeps them; the segment begins at `first_pts`."""
        self.end()
        for packet in packets:
            assert packet.pts is not None
            packet.pts -= first_pts
            packet.time_base = self._time_base
            self._put(packet)

    def end(self) -> None:
        """End the encoded run, if one was begun."""
        if self._encoder is not None and self._begun:
            self._put_own(self._encoder.encode(None))
            self._encoder, self._begun = None, False

    def _put_own(self, packets: Iterable[VideoPacket]) -> None:
        for packet in packets:
            self._put(restated(packet, self._rules.encoded))

    def _put(self, packet: VideoPacket) -> None:
        self._clock.stamp(packet)
        packet.stream = self._stream
        self._container.mux_one(packet)
