"""Which of an engine's templates a face is aligned to, steady along its track."""

import numpy as np
import numpy.typing as npt

from faces.align import Matrix, similarity, transform
from faces.detect import Points

_CLEARLY = 0.85  # another template is taken when its error is below this share of the present one's
_FRAMES = 6  # that the way to another template takes
_KEPT = 256  # tracks; beyond, the oldest are forgotten


class Templates:
    """Chooses for the faces of consecutive frames.

    The published scripts take the best of five in each frame anew: where two fit alike, the square jumps to and
    fro. Here a track stays with its template until another fits clearly better, and then moves there over some
    frames, through the templates between the two.
    """

    def __init__(self, templates: Matrix) -> None:
        """`templates` has the shape (n, 5, 2), in pixels of the square."""
        self._templates = np.asarray(templates, np.float64)
        self._chosen: dict[int, int] = {}
        self._shares: dict[int, npt.NDArray[np.float64]] = {}

    def matrix(self, track: int, points: Points) -> Matrix:
        """The similarity from the picture to the square, for the next frame of a track."""
        return similarity(points, self._template(track, points))

    def _template(self, track: int, points: Points) -> Matrix:
        if len(self._templates) == 1:
            return np.asarray(self._templates[0])
        chosen = self._choose(track, points)
        shares = self._shares.get(track)
        if shares is None:
            shares = np.eye(len(self._templates))[chosen]
        self._shares[track] = shares = _nearer(shares, chosen)
        return np.asarray(np.tensordot(shares, self._templates, 1))

    def _choose(self, track: int, points: Points) -> int:
        errors = [error(points, one) for one in self._templates]
        best = int(np.argmin(errors))
        present = self._chosen.pop(track, best)
        self._chosen[track] = chosen = best if errors[best] < _CLEARLY * errors[present] else present
        if len(self._chosen) > _KEPT:
            self._forget(next(iter(self._chosen)))
        return chosen

    def _forget(self, track: int) -> None:
        del self._chosen[track]
        self._shares.pop(track, None)


def error(points: Points, template: Matrix) -> float:
    """How ill a template fits: the sum of the five points' distances from it, in pixels of the square."""
    moved = transform(similarity(points, template), points)
    return float(np.linalg.norm(moved - template, axis=1).sum())


def _nearer(shares: npt.NDArray[np.float64], chosen: int) -> npt.NDArray[np.float64]:
    """The shares of the templates, moved by one frame towards the chosen one."""
    missing = 1 - shares[chosen]
    left = max(0.0, missing - 1 / _FRAMES)
    if left == 0:
        return np.asarray(np.eye(len(shares))[chosen], np.float64)
    result = np.asarray(shares * (left / missing), np.float64)
    result[chosen] = 1 - left
    return result
