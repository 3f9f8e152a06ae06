"""Segments as `SegmentWriter` wrote them, read one after the other as one row of packets."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from contracts.errors import MediaError, Reason, WorkError
from media.containers.container import open_container
from media.containers.sniff import sniff
from media.sources.source import open_source

# In a segment's metadata: the time of its first frame, in units of the spec's time base.
FIRST_PTS = "first_pts"


class Segments:
    """The segments of a job, in order; the first stays open, because the result's track is made after it.

    Raises:
        WorkError: RESULT_MISMATCH where there is none, or one is no segment.
    """

    def __init__(self, places: list[str | Path], time_base: Fraction) -> None:
        """Open the first of `places`; packets will be given times in units of `time_base`."""
        if not places:
            raise mismatch("there are no segments")
        self._places = places
        self._time_base = time_base
        self._first = ExitStack()
        self.template = _video(self._first.enter_context(_open(places[0])))

    def __enter__(self) -> "Segments":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._first.close()

    def packets(self) -> "Iterator[Packet[VideoStream]]":
        """Every video packet, its `pts` the true one; `dts` says nothing.

        Raises:
            WorkError: RESULT_MISMATCH where a segment was encoded by other settings than the first.
        """
        for place in self._places:
            with _open(place) as container:
                yield from self._packets(container, str(place))

    def _packets(self, container: InputContainer, name: str) -> "Iterator[Packet[VideoStream]]":
        stream = _video(container)
        if stream.codec_context.extradata != self.template.codec_context.extradata:
            raise mismatch("the segments were encoded by different settings", segment=name.partition("?")[0])
        first = int(container.metadata[FIRST_PTS])
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                # NUT may count in finer units than it was asked to
                packet.pts = first + round(packet.pts * packet.time_base / self._time_base)
                packet.time_base = self._time_base
                yield packet


def mismatch(what: str, **detail: object) -> WorkError:
    """The failure of a result that is not what it should be; another try of the same join changes nothing."""
    return WorkError(
        Reason.RESULT_MISMATCH, f"The result failed its check: {what}.", retryable=False, **detail
    )


@contextmanager
def _open(place: str | Path) -> Iterator[InputContainer]:
    with open_source(place) as source:
        try:
            container = open_container(source, sniff(source) or "nut")
        except MediaError as error:
            raise mismatch("a segment is not one") from error
        with container:
            yield container


def _video(container: InputContainer) -> VideoStream:
    if FIRST_PTS not in container.metadata or len(container.streams.video) != 1:
        raise mismatch("a segment is not one")
    return container.streams.video[0]
