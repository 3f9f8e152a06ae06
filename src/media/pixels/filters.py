"""FFmpeg's filters on single frames and on rows of them."""

from collections.abc import Iterator
from fractions import Fraction

from av.error import BlockingIOError as FilterEmptyError
from av.error import EOFError as FilterEndedError
from av.filter import Graph
from av.video.frame import VideoFrame

_BASE = Fraction(1, 1_000_000)  # where a frame has none


class Chain:
    """One filter, for frames of the size and pixel format of `like`."""

    def __init__(self, like: VideoFrame, name: str, arguments: str, threads: int = 1) -> None:
        self.form = form_of(like)
        self._graph = Graph()
        self._graph.threads = threads
        base = like.time_base or _BASE
        source = self._graph.add_buffer(
            width=like.width, height=like.height, format=like.format, time_base=base
        )
        self._graph.link_nodes(
            source, self._graph.add(name, arguments), self._graph.add("buffersink")
        ).configure()

    def push(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        """What comes out once `frame` is in; None ends the row."""
        self._graph.vpush(frame)
        while True:
            try:
                yield self._graph.vpull()
            except (FilterEmptyError, FilterEndedError):
                return


def form_of(frame: VideoFrame) -> tuple[int, int, str]:
    """Width, height and pixel format."""
    return frame.width, frame.height, frame.format.name


def filtered(frame: VideoFrame, name: str, arguments: str) -> VideoFrame:
    """What a filter that gives a frame for a frame makes of this one."""
    return next(Chain(frame, name, arguments).push(frame))
