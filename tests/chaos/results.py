"""Whether every result is right: what only spends time returns the original, what swaps differs in faces alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from contracts.states import JobState
from storage.models import Job
from storage.objects import ObjectStore
from tests.acceptance.likeness import Errors, compare, decibels, pictures
from tests.chaos.errands import Errand

_LEAST_DB = 38.0  # outside faces
_SAME_DB = 45.0  # between two encodings of the same pictures


@dataclass(frozen=True)
class Result:
    """A stored result: of which errand, and where a copy of it lies."""

    errand: Errand
    path: Path


async def fetch(errands: Sequence[Errand], store: ObjectStore, folder: Path) -> list[Result]:
    """Copies of all results in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    results = []
    for errand in errands:
        job = await Job.get_or_none(id=errand.job_id) if errand.job_id else None
        if job is None or job.state is not JobState.DONE or job.result_key is None:
            continue
        path = folder / f"{job.id}{Path(job.result_key).suffix}"
        with path.open("wb") as file:
            async for chunk in store.get(job.result_key):
                file.write(chunk)
        results.append(Result(errand, path))
    return results


def complaints(results: Sequence[Result]) -> Iterator[str]:
    """What is wrong with the results. Takes half a second for each film with faces."""
    first: dict[Path, Result] = {}
    for result in results:
        film, name = result.errand.film.path, f"results: job {result.errand.kind} {result.errand.job_id}"
        if result.errand.engine is not None:
            if result.path.read_bytes() != film.read_bytes():
                yield f"{name} swaps nothing, and its result is not the original"
            continue
        yield from (f"{name} {said}" for said in _unlike(film, result.path))
        alike = _psnr(first.setdefault(film, result).path, result.path)
        if alike < _SAME_DB:
            yield f"{name} is {alike:.1f} dB away from that of another job with the same film and face"


def _unlike(film: Path, result: Path) -> Iterator[str]:
    if film.suffix == ".mp4":
        likeness = compare(film, result, every=10)
        outside, inside = likeness.psnr_outside, likeness.psnr_inside
        if not likeness.same_times:
            yield f"has {likeness.frames[1]} of {likeness.frames[0]} frames, or other times"
        if not likeness.same_audio:
            yield "sounds different"
    else:
        errors = Errors()
        for before, after in zip(pictures(film), pictures(result), strict=True):
            errors.add(before, after)
        outside, inside = errors.decibels(inside=False), errors.decibels(inside=True)
    if outside < _LEAST_DB or inside > outside - 6:
        yield f"has {outside:.1f} dB outside faces and {inside:.1f} dB inside"


def _psnr(one: Path, other: Path) -> float:
    """dB over all pixels of two results, frame by frame; of the frames that both have."""
    squares, count = 0.0, 0
    for before, after in zip(pictures(one), pictures(other), strict=False):
        squares += float(((before.astype(np.int32) - after) ** 2).sum())
        count += before.size
    return decibels(squares, count)
