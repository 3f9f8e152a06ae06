"""How long a video lasts: by its index where it has one. What headers say may be wrong by hours."""

from av.container import InputContainer
from av.video.stream import VideoStream

from media.containers.container import main_video, open_container, truncated
from media.containers.index import read_stored
from media.containers.walk import walk
from media.sources.source import Source

_ANY_GAP = 1e9  # seconds between key frames


def duration(source: Source, kind: str, container: InputContainer, stream: VideoStream) -> float:
    """Seconds of the video stream; measured by its packets where neither index nor header says.

    Raises:
        MediaError: TRUNCATED where there are no packets, PROBE_LIMIT where an index is too large to be real.
    """
    before = source.tell()
    index = read_stored(source, _ANY_GAP)
    source.seek(before)  # a demuxer is reading
    stored = None
    if index is not None and index.end is not None:
        stored = float((index.end - int(index.pts[0])) * index.time_base)
    if stored is not None and index is not None and index.whole:
        return stored
    said = _said(container, stream) or stored
    return max(said, stored or 0.0) if said is not None else _measured(source, kind)


def _said(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def _measured(source: Source, kind: str) -> float:
    with open_container(source, kind) as container:
        video = main_video(container)
        found = walk(container, video)
        if not found.pts or video.time_base is None:
            raise truncated(missing="frames")
        end = found.end if found.end is not None else max(found.pts)
        return float((end - min(found.pts)) * video.time_base)
