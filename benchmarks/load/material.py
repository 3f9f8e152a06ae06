"""Videos of many tiny segments: what they show does not matter to a service whose engine only spends time."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SEGMENT_SECONDS = 1.0
_SIZE = (64, 48)


def clip(target: Path, segments: int) -> Path:
    """An H.264 MP4 of one frame a second, each a key frame: cut at 1 s it has so many segments."""
    picture = np.full((_SIZE[1], _SIZE[0], 3), 90, np.uint8)
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=1, options={"preset": "ultrafast", "g": "1"})
        stream.width, stream.height, stream.pix_fmt = *_SIZE, "yuv420p"
        for index in range(segments):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return target
