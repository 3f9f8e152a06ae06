"""Frechet distance of two sets of features, as FID takes it of Inception's: here of a recognizer's.

Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium", NIPS 2017.
"""

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float64]


def frechet(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Squared Frechet distance of the normal distributions of two sets, shapes (n, d) and (m, d).

    In squared units of the features. Covariances divide by n - 1. Small sets give too much: compare only distances of
    sets of the same sizes.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    between = ((a.mean(0) - b.mean(0)) ** 2).sum()
    one, other = np.atleast_2d(np.cov(a, rowvar=False)), np.atleast_2d(np.cov(b, rowvar=False))
    root = _root(one)
    # The trace of the root of a product is that of the root of this symmetric matrix, which is safe to compute.
    shared = np.sqrt(np.clip(np.linalg.eigvalsh(root @ other @ root), 0, None)).sum()
    return float(max(0.0, between + np.trace(one) + np.trace(other) - 2 * shared))


def _root(matrix: _Array) -> _Array:
    """The symmetric square root of a covariance."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T, np.float64)
