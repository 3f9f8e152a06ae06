"""The agent on a film: each stage on its own, and all of them at once as they run in a worker."""

from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid4

from benchmarks.speed.films import Film
from benchmarks.speed.spent import Cost, Spent
from benchmarks.speed.through import Watched
from contracts.media import MediaKind
from contracts.messages import FaceRef, PhotoRef, SegmentTask
from gpu_agent.engines.base import Engine, Identity
from gpu_agent.finding import Finder
from gpu_agent.identities import Identities
from gpu_agent.pipeline import Workshop
from gpu_agent.swapping import swapped
from gpu_agent.wire import FaceSource, Order
from media.encode import SegmentWriter
from media.frames import read_range
from media.plan import plan
from media.probe import probe
from media.sources.source import open_source
from media.spec import encode_spec

_AT_ONCE = 8  # frames that go through the stages together


def order_of(film: Film, output: Path) -> Order:
    """The film as one segment, swapped by whatever engine is given, written to `output`."""
    with open_source(film.path) as source:
        info, spans = probe(source), plan(source, 3600.0).segments
    task = SegmentTask(
        attempt_id=uuid4(),
        job_id=uuid4(),
        segment_index=0,
        attempt=1,
        kind=MediaKind.VIDEO,
        source_key=film.path.name,
        source_size=film.path.stat().st_size,
        stream_index=info.video.index,
        time_base=info.video.time_base,
        range=spans[0],
        encode=encode_spec(info),
        engine="simswap",
        faces=[FaceRef(face_id=UUID(int=1), photos=[PhotoRef(key="photo", points=[])])],
        output_key=output.name,
    )
    faces = [FaceSource(face_id=UUID(int=1), photos=[])]
    return Order(task=task, source_url=str(film.path), faces=faces, output=str(output))


class _Ready(Identities):
    """An engine and a face that are there already, as for every segment but the first."""

    def __init__(self, engine: Engine, identity: Identity) -> None:
        super().__init__(engine.device)
        self._engine, self._identity = engine, identity

    def engine(self, *_: object) -> Engine:
        return self._engine

    def identity(self, *_: object) -> Identity:
        return self._identity


def whole(film: Film, engine: Engine, identity: Identity, folder: Path, threads: int) -> Cost:
    """The agent's own pipeline from file to file: its cost a frame."""
    workshop = Workshop(_Ready(engine, identity), threads)
    order, spent = order_of(film, folder / "agent.nut"), Spent()
    outcome = spent.on("whole", lambda: workshop.make(order, lambda _: None))
    if outcome.faces < film.frames:
        raise RuntimeError(f"{outcome.faces} faces were swapped in {film.frames} frames")
    return spent.costs["whole"].shared(film.frames)


def stages(film: Film, engine: Engine, identity: Identity, folder: Path, threads: int) -> dict[str, Cost]:
    """The cost a frame of each stage, run one after another in this thread."""
    order, spent = order_of(film, folder / "stages.nut"), Spent()
    task, watched = order.task, Watched(engine, spent)
    finder = Finder(task.time_base, task.encode.rotation)
    with (
        closing(open_source(order.source_url)) as source,
        closing(read_range(source, task.stream_index, task.range, 0, threads)) as reader,
        SegmentWriter(
            order.output, task.encode.model_copy(update={"copies": False}), None, threads
        ) as writer,
    ):
        frames = spent.each("decode", reader)
        while row := [*islice(frames, _AT_ONCE)]:
            seen = [*spent.each("detect, track", map(finder.see, row))]
            done = [*spent.each("swap", swapped(seen, watched, [identity]))]
            for one in done:
                spent.on("encode", partial(writer.write, one.frame))
        spent.on("encode", writer.close)
    costs = spent.costs
    costs["align, paste"] = costs.pop("swap") - costs["network"]
    return {stage: cost.shared(film.frames) for stage, cost in costs.items()}
