"""Retrieval: is the face that resembles a result most, among many, that of the person put in?"""

import numpy as np
import numpy.typing as npt

from training.evaluation.figures import mean
from training.evaluation.report import Hits

# (n, d): one vector a face.
Vectors = npt.NDArray[np.float32]


def hits(results: Vectors, gallery: Vectors, wanted: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """For each result, whether the gallery's nearest vector by Euclidean distance is number `wanted[i]`.

    Of unit vectors the nearest is the one of the highest cosine.
    """
    squares = (gallery**2).sum(1) - 2 * results @ gallery.T
    return np.asarray(np.argmin(squares, 1) == np.asarray(wanted), np.bool_)


def shares(found: npt.NDArray[np.bool_], other_photo: npt.NDArray[np.bool_]) -> Hits:
    """Shares of `found`: of all, and by whether the wanted face of the gallery is another photo than the source."""
    return Hits(
        top1=mean(found), top1_other_photo=mean(found[other_photo]), top1_same_photo=mean(found[~other_photo])
    )
