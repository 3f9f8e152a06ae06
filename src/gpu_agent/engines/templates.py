"""Where a face's five points lie in the squares of the published networks.

Order of points: image-left eye, image-right eye, nose tip, image-left and image-right corner of the mouth.
Published with insightface (five poses, mode "None") and FFHQ (Karras et al., CVPR 2019).
"""

import numpy as np

from faces.align import Matrix

# In a square of 112: left profile, left, frontal, right, right profile.
_POSES = np.array(
    [
        [(51.642, 50.115), (57.617, 49.990), (35.740, 69.007), (51.157, 89.050), (57.025, 89.702)],
        [(45.031, 50.118), (65.568, 50.872), (39.677, 68.111), (45.177, 86.190), (64.246, 86.758)],
        [(39.730, 51.138), (72.270, 51.138), (56.000, 68.493), (42.463, 87.010), (69.537, 87.010)],
        [(46.845, 50.872), (67.382, 50.118), (72.737, 68.111), (48.167, 86.758), (67.236, 86.190)],
        [(54.796, 49.990), (60.771, 50.115), (76.673, 69.007), (55.388, 89.702), (61.257, 89.050)],
    ],
    np.float64,
)
# In a square of 512.
_FFHQ = np.array(
    [
        (192.98138, 239.94708), (318.90277, 240.1936), (256.63416, 314.01935), (201.26117, 371.41043),
        (313.08905, 371.15118),
    ],
    np.float64,
)  # fmt: skip


def templates(size: int, *, ffhq: bool) -> Matrix:
    """The templates in a square of `size` px: FFHQ's, (1, 5, 2), or those of five poses, (5, 5, 2)."""
    return _FFHQ[None] * (size / 512) if ffhq else _POSES * (size / 112)
