"""Alignment: the similarity that takes a face's five points to a template, and the warps made of it."""

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Picture, Points

Matrix = npt.NDArray[np.float64]

# ArcFace's five points in its 112 px square (Deng et al., CVPR 2019; published with insightface).
ARCFACE_112 = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)],
    np.float64,
)

_MOST_ENLARGED = 16


def template(size: int, margin: float = 0.0) -> Matrix:
    """The template in a square of `size` px, shape (5, 2), `margin` being the share added on every side."""
    inner = size / (1 + 2 * margin)
    return ARCFACE_112 * (inner / 112) + size * margin / (1 + 2 * margin)


def similarity(source: npt.ArrayLike, target: npt.ArrayLike) -> Matrix:
    """The least-squares similarity without reflection from `source` to `target` points, as a (2, 3) matrix.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    IEEE PAMI 13 (1991).
    """
    a, b = np.asarray(source, np.float64), np.asarray(target, np.float64)
    mean_a, mean_b = a.mean(0), b.mean(0)
    u, singular, vt = np.linalg.svd((b - mean_b).T @ (a - mean_a) / len(a))
    sign = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt)) or 1.0])
    rotation = u @ np.diag(sign) @ vt
    variance = ((a - mean_a) ** 2).sum() / len(a)
    linear = rotation * (float(singular @ sign) / max(variance, 1e-12))
    return np.column_stack([linear, mean_b - linear @ mean_a])


def best_similarity(points: npt.ArrayLike, templates: Matrix) -> Matrix:
    """The similarity to the template, of (n, 5, 2), that the points fit best: by the sum of five distances."""
    matrices = [similarity(points, one) for one in templates]
    errors = [
        float(np.linalg.norm(transform(matrix, points) - one, axis=1).sum())
        for matrix, one in zip(matrices, templates, strict=True)
    ]
    return matrices[int(np.argmin(errors))]


def inverse(matrix: Matrix) -> Matrix:
    """The inverse of a (2, 3) affine matrix."""
    return np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def scale_of(matrix: Matrix) -> float:
    """How much a similarity enlarges."""
    return float(np.hypot(matrix[0, 0], matrix[1, 0]))


def transform(matrix: Matrix, points: npt.ArrayLike) -> Matrix:
    """Points of shape (n, 2) moved by a (2, 3) matrix."""
    return np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]


def warp(picture: Picture, matrix: Matrix, size: int) -> Picture:
    """The aligned square of `size` px; beyond the picture its edge is repeated.

    A reduction is rendered at the next whole multiple and averaged down, so that it does not alias.
    """
    factor = enlargement(scale_of(matrix))
    enlarged = np.vstack([scaled(matrix, factor), [0, 0, 1]])[:2]
    large = cv2.warpAffine(
        picture,
        enlarged,
        (size * factor, size * factor),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    result = cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA) if factor > 1 else large
    return np.asarray(result, np.uint8)


def enlargement(scale: float) -> int:
    """How many times larger a square is rendered, then averaged down, where a picture is scaled by `scale`."""
    return min(max(1, int(np.ceil(1 / max(scale, 1e-6) - 0.01))), _MOST_ENLARGED)


def scaled(matrix: Matrix, factor: float) -> Matrix:
    """The matrix to a square enlarged by `factor`, keeping pixel centers in place."""
    result = matrix * factor
    result[:, 2] += (factor - 1) / 2
    return result


def align(picture: Picture, points: Points, size: int, margin: float = 0.0) -> tuple[Picture, Matrix]:
    """The aligned square of a face and the matrix from picture to square."""
    matrix = similarity(points, template(size, margin))
    return warp(picture, matrix, size), matrix
