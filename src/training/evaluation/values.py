"""What is measured of each pair and photo: figures are made of these, and engines compared by them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class PerPair:
    """What was measured of each pair, (n,) each; `found` is whether the source was found in the gallery."""

    cosine_source: npt.NDArray[np.float64]
    cosine_target: npt.NDArray[np.float64]
    points_percent: npt.NDArray[np.float64]
    found: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Values:
    """All of one engine on one trial; `psnrs`, in dB, are of one photo a person, swapped with itself."""

    pairs: PerPair
    psnrs: npt.NDArray[np.float64]
