"""From what is seen in results, sources and targets to the figures of a report. Takes no picture, only looks."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from faces.recognize import SAME_PERSON
from training.evaluation import outside
from training.evaluation.album import Looks, Stack
from training.evaluation.figures import correlation, mean, median, percentile, told
from training.evaluation.frechet import frechet
from training.evaluation.geometry import (
    Spots,
    eye_distances,
    eye_openings,
    mouth_openings,
    point_errors,
    poses,
    smiles,
)
from training.evaluation.report import Baseline, Expression, Frechet, Geometry, Likeness, Outside, Retrieval
from training.evaluation.retrieval import hits, shares
from training.evaluation.trial import Trial

Values = npt.NDArray[np.float64]


def cosines(first: Looks, second: Looks) -> Values:
    """SFace's, one a face."""
    return np.asarray((first.sface * second.sface).sum(1), np.float64)


def likeness(results: Looks, sources: Looks, targets: Looks) -> Likeness:
    """Whom results look like."""
    to_source, to_target = cosines(results, sources), cosines(results, targets)
    return Likeness(
        cosine_source_median=told(np.median(to_source)),
        cosine_source_quartiles=_quartiles(to_source),
        cosine_source_same=told((to_source >= SAME_PERSON).mean()),
        cosine_target_median=told(np.median(to_target)),
        cosine_target_quartiles=_quartiles(to_target),
        cosine_target_same=told((to_target >= SAME_PERSON).mean()),
        cosine_margin_median=told(np.median(to_source - to_target)),
    )


def outside_figures(results: Looks, sources: Looks, targets: Looks) -> Outside | None:
    """Distances by dlib; None without it."""
    to_source, to_target = distances(results, sources), distances(results, targets)
    if to_source is None or to_target is None:
        return None
    return Outside(
        recognizer=outside.Dlib.name,
        distance_source_median=told(np.median(to_source)),
        distance_target_median=told(np.median(to_target)),
        same_person=outside.SAME_PERSON,
        source_same=told((to_source < outside.SAME_PERSON).mean()),
        target_same=told((to_target < outside.SAME_PERSON).mean()),
    )


def distances(first: Looks, second: Looks) -> Values | None:
    """Dlib's, one a face; None without it."""
    if first.dlib is None or second.dlib is None:
        return None
    return np.asarray(np.linalg.norm(first.dlib - second.dlib, axis=1), np.float64)


def found(results: Looks, trial: Trial) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_] | None]:
    """Whether each result finds its source in the gallery: by SFace, and by dlib where it is there."""
    gallery = trial.looks.at(trial.gallery)
    by_dlib = None
    if results.dlib is not None and gallery.dlib is not None:
        by_dlib = hits(results.dlib, gallery.dlib, trial.wanted)
    return hits(results.sface, gallery.sface, trial.wanted), by_dlib


def retrieval(results: Looks, trial: Trial) -> Retrieval:
    """How many results find their source."""
    by_sface, by_dlib = found(results, trial)
    other = trial.other_photo[trial.sources]
    return Retrieval(
        gallery=len(trial.gallery),
        strangers=trial.strangers,
        other_photo=told(other.mean()),
        sface=shares(by_sface, other),
        dlib=None if by_dlib is None else shares(by_dlib, other),
    )


def errors(results: Looks, targets: Looks) -> Values:
    """Five-point errors in percent of the target's eye distance."""
    return point_errors(results.points, targets.points, eye_distances(targets.points))


def geometry(results: Looks, targets: Looks, again: Stack) -> Geometry:
    """Place and pose; `again` are points of the targets that were looked at once more."""
    off = errors(results, targets)
    floor = point_errors(again, targets.points, eye_distances(targets.points))
    turned = np.abs(poses(results.points) - poses(targets.points))
    return Geometry(
        not_found=told(np.isnan(results.points).any((1, 2)).mean()),
        points_percent_median=median(off),
        points_percent_mean=mean(off),
        points_percent_p95=percentile(off, 95),
        floor_percent_median=median(floor),
        yaw_median=median(turned[:, 0]),
        pitch_median=median(turned[:, 1]),
    )


def expression(results: Looks, sources: Looks, targets: Looks) -> Expression:
    """Mouth and eyes."""
    mouths = [_of(mouth_openings, looks.landmarks) for looks in (results, sources, targets)]
    eyes = [_of(eye_openings, looks.landmarks) for looks in (results, sources, targets)]
    return Expression(
        mouth_width_median=median(np.abs(smiles(results.points) - smiles(targets.points))),
        mouth_opening_median=median(np.abs(mouths[0] - mouths[2])),
        eye_opening_median=median(np.abs(eyes[0] - eyes[2])),
        mouth_follows_target=correlation(mouths[0], mouths[2]),
        mouth_follows_source=correlation(mouths[0], mouths[1]),
        eyes_follow_target=correlation(eyes[0], eyes[2]),
        eyes_follow_source=correlation(eyes[0], eyes[1]),
        landmarks_percent_median=_landmark_errors(results, targets),
    )


def frechet_figures(results: Looks, sources: Looks) -> Frechet | None:
    """Of the first half's results, and of its sources, to the second half's sources; None of fewer than four."""
    half = len(results.sface) // 2
    if half < 2:
        return None
    by_sface = _compared(results.sface, sources.sface, half)
    by_dlib: tuple[float | None, float | None] = (None, None)
    if results.dlib is not None and sources.dlib is not None:
        by_dlib = _compared(results.dlib, sources.dlib, half)
    return Frechet(
        faces=half, sface=by_sface[0], sface_floor=by_sface[1], dlib=by_dlib[0], dlib_floor=by_dlib[1]
    )


def baseline(results: Looks, sources: Looks, targets: Looks, trial: Trial) -> Baseline:
    """The main figures of faces that no engine made."""
    by_sface, by_dlib = found(results, trial)
    to_source = distances(results, sources)
    return Baseline(
        cosine_source_median=told(np.median(cosines(results, sources))),
        cosine_target_median=told(np.median(cosines(results, targets))),
        retrieval_top1_sface=told(by_sface.mean()),
        retrieval_top1_dlib=None if by_dlib is None else told(by_dlib.mean()),
        distance_source_median=None if to_source is None else median(to_source),
        points_percent_median=median(errors(results, targets)),
    )


def _quartiles(values: Values) -> tuple[float, float]:
    low, high = np.percentile(values, (25, 75))
    return told(low), told(high)


def _compared(results: Stack, sources: Stack, half: int) -> tuple[float, float]:
    others = sources[half : 2 * half]
    return told(frechet(results[:half], others)), told(frechet(sources[:half], others))


def _landmark_errors(results: Looks, targets: Looks) -> float | None:
    if results.landmarks is None or targets.landmarks is None:
        return None
    return median(point_errors(results.landmarks, targets.landmarks, eye_distances(targets.points)))


def _of(measure: Callable[[Spots], Values], landmarks: Spots | None) -> Values:
    return np.array([np.nan]) if landmarks is None else measure(landmarks)
