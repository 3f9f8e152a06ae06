"""A film's whole way with its faces swapped: through the worker's own code, and joined."""

import hashlib
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

from contracts.media import EncodeSpec, MediaKind, Plan, SegmentRange
from contracts.messages import SegmentTask
from gpu_agent.pipeline import Workshop
from gpu_agent.wire import Order, Outcome
from media.containers.container import main_video, open_container
from media.encode import SEGMENT_SUFFIX
from media.joining.join import join
from media.plan import plan
from media.sources.source import open_source
from media.spec import encode_spec
from media.untouched import h264
from tests.clips import face_source, hopper_ref
from tests.integration.media.passage import probed, with_index
from tests.portraits import hopper_path


@dataclass(frozen=True)
class Swapped:
    """What came out: the result, how it was encoded, and what was said of each segment."""

    out: Path
    spec: EncodeSpec
    outcomes: list[Outcome]

    @property
    def copied(self) -> int:
        """Frames whose packets were copied."""
        return sum(outcome.copied for outcome in self.outcomes)


def swapped(
    workshop: Workshop, film: Path, folder: Path, seconds: float = 5.0, size: tuple[int, int] | None = None
) -> Swapped:
    """Make the result of `film` in segments of about `seconds`, Grace Hopper's face on every face."""
    folder.mkdir(exist_ok=True)
    spec = encode_spec(probed(film), size)
    frames = with_index(film, folder, seconds)
    with open_source(frames) as source:
        cut = plan(source, seconds)
    outcomes, parts = [], []
    for span in cut.segments:
        part = folder / f"{span.index}{SEGMENT_SUFFIX}"
        outcomes.append(workshop.make(_order(frames, cut, span, spec, part), lambda frames: None))
        parts.append(part)
    out = folder / f"result{spec.suffix}"
    damaged = [span for span, done in zip(cut.segments, outcomes, strict=True) if done.damaged]
    join(parts, film, out, spec, damaged)
    return Swapped(out, spec, outcomes)


def _order(film: Path, cut: Plan, span: SegmentRange, spec: EncodeSpec, part: Path) -> Order:
    face = hopper_ref()
    task = SegmentTask(
        attempt_id=uuid4(),
        job_id=uuid4(),
        segment_index=span.index,
        attempt=1,
        kind=MediaKind.VIDEO,
        source_key="uploads/film/source",
        source_size=film.stat().st_size,
        stream_index=cut.stream_index,
        time_base=cut.time_base,
        range=span,
        encode=spec,
        engine="paste",
        faces=[face],
        output_key=f"jobs/1/segments/{part.name}",
        timeout_seconds=60,
    )
    photo = face_source(hopper_path(), face)
    return Order(task=task, source_url=str(film), faces=[photo], output=str(part))


@dataclass(frozen=True)
class Piece:
    """One packet of the main video: when it is shown, in seconds from the first, and a hash of its bytes.

    Of H.264 with start codes it is that of the same packet with lengths.
    """

    time: Fraction
    hash: str


def pieces(film: Path) -> list[Piece]:
    """Every packet of the main video, by presentation time."""
    with open_source(film) as source, open_container(source) as container:
        video = main_video(container)
        assert video.time_base is not None
        header = video.codec_context.extradata or b""
        coded = video.codec_context.name == "h264" and not h264.is_record(header)
        found = [
            Piece(packet.pts * video.time_base, _hash(bytes(packet), coded))
            for packet in container.demux(video)
            if packet.size and packet.pts is not None and not packet.is_discard
        ]
    found.sort(key=lambda piece: piece.time)
    return [replace(piece, time=piece.time - found[0].time) for piece in found]


def _hash(data: bytes, coded: bool) -> str:
    return hashlib.sha256(h264.with_lengths(data) if coded else data).hexdigest()
