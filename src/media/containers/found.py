"""What is known of a video's frames: when each is shown and where decoding can begin."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from media.containers.windows import Windows

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FrameIndex:
    """Every frame that a player shows.

    Attributes:
        pts: Presentation times, ascending, each once.
        keys: Presentation times of the frames decoding can begin at, ascending.
        end: End of the last frame, None where its duration is unknown.
        whole: False where only key frames are listed: `pts` is `keys` then, and `end` about the end.
        windows: Of a fragmented file, which bytes hold which times.
    """

    stream_index: int
    time_base: Fraction
    pts: Integers
    keys: Integers
    end: int | None
    whole: bool = True
    windows: Windows | None = None
