"""Hard cuts: frames that show another place than the one before."""

import numpy as np
import numpy.typing as npt

from faces.detect import Picture

# Gray levels by which pictures differ at a cut: 22 to 62 in twenty cuts between shots of one camera and wall,
# at most 8 in a film of people who run and jump.
_LEAST_CHANGE = 15.0
# A camera that swings changes frames as much, but changes them all.
_TIMES_USUAL = 2.5
_ACROSS = 64


class Cuts:
    """Tells hard cuts, by sparse samples of each frame."""

    def __init__(self) -> None:
        self._last: npt.NDArray[np.int16] | None = None
        self._usual = 0.0

    def is_cut(self, picture: Picture) -> bool:
        """Whether the next frame shows another place; the first does."""
        samples, last = _samples(picture), self._last
        self._last = samples
        if last is None or last.shape != samples.shape:
            return True
        change = float(np.abs(samples - last).mean())
        is_cut = change > max(_LEAST_CHANGE, _TIMES_USUAL * self._usual)
        self._usual = 0.0 if is_cut else 0.7 * self._usual + 0.3 * change
        return is_cut


def _samples(picture: Picture) -> npt.NDArray[np.int16]:
    step = max(1, max(picture.shape[:2]) // _ACROSS)
    return picture[step // 2 :: step, step // 2 :: step].astype(np.int16)
