"""Pose and expression: how far a result's face is from the target's, by points found in both."""

import numpy as np
import numpy.typing as npt

from faces.pose import pitch_proxy, yaw_proxy

# (n, 5, 2) of the detector, or (n, 68, 2) of iBUG's landmarks; not a number where no face was found.
Spots = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]

# Of the 68 landmarks, by their published order: upper and lower inner lip, corners of the mouth inside.
_LIPS, _CORNERS = ([61, 62, 63], [67, 66, 65]), (60, 64)
# Corners of each eye, and its upper and lower lid.
_EYES = (((36, 39), ([37, 38], [41, 40])), ((42, 45), ([43, 44], [47, 46])))


def point_errors(results: Spots, targets: Spots, eyes: Values) -> Values:
    """Mean distance of points in percent of the target's eye distance, one a face; NaN where one was not found."""
    return np.asarray(np.linalg.norm(results - targets, axis=2).mean(1) / eyes * 100, np.float64)


def eye_distances(points: Spots) -> Values:
    """Distance of the first two of five points in pixels."""
    return np.asarray(np.linalg.norm(points[:, 1] - points[:, 0], axis=1), np.float64)


def poses(points: Spots) -> Values:
    """Yaw and pitch of `faces.pose`, (n, 2); NaN where no face was found."""
    found = [
        (yaw_proxy(one), pitch_proxy(one)) if np.isfinite(one).all() else (np.nan, np.nan) for one in points
    ]
    return np.array(found, np.float64).reshape(-1, 2)


def smiles(points: Spots) -> Values:
    """Width of the mouth in eye distances, (n,)."""
    return np.asarray(np.linalg.norm(points[:, 4] - points[:, 3], axis=1) / eye_distances(points), np.float64)


def mouth_openings(landmarks: Spots) -> Values:
    """Distance of the inner lips over the mouth's width, (n,), of landmarks (n, 68, 2)."""
    width = np.linalg.norm(landmarks[:, _CORNERS[1]] - landmarks[:, _CORNERS[0]], axis=1)
    return np.asarray(_gap(landmarks, _LIPS) / np.maximum(width, 1e-6), np.float64)


def eye_openings(landmarks: Spots) -> Values:
    """Distance of the lids over the eye's width, mean of both eyes, (n,), of landmarks (n, 68, 2).

    The eye aspect ratio of Soukupova and Cech, "Real-Time Eye Blink Detection using Facial Landmarks", CVWW 2016.
    """
    ratios = [
        _gap(landmarks, lids)
        / np.maximum(np.linalg.norm(landmarks[:, end] - landmarks[:, start], axis=1), 1e-6)
        for (start, end), lids in _EYES
    ]
    return np.asarray(np.mean(ratios, 0), np.float64)


def _gap(landmarks: Spots, pairs: tuple[list[int], list[int]]) -> Values:
    upper, lower = (landmarks[:, places] for places in pairs)
    return np.asarray(np.linalg.norm(lower - upper, axis=2).mean(1), np.float64)
