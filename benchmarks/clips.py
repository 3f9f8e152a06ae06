"""Large clips made in seconds: incompressible pictures, or a short encode repeated by stream copy."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

FPS = 30


def noise(target: Path, megabytes: int, size: tuple[int, int] = (1280, 720), quantizer: int = 4) -> Path:
    """An MP4 of about `megabytes`: H.264 of pictures that hardly compress, so that few frames fill it."""
    generator = np.random.default_rng(1)
    tiles = [generator.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8) for _ in range(4)]
    options = {"preset": "ultrafast", "qp": str(quantizer), "g": "60", "bf": "2"}
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        index, written = 0, 0
        while written < megabytes * 10**6:
            frame = av.VideoFrame.from_ndarray(np.roll(tiles[index % 4], index, axis=1), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            for packet in stream.encode(frame):
                written += packet.size
                container.mux(packet)
            index += 1
        container.mux(stream.encode())
    return target


def repeated(clip: Path, target: Path, megabytes: int) -> Path:
    """An MP4 of about `megabytes`: `clip` over and over by stream copy, its index at the front."""
    times = max(1, round(megabytes * 10**6 / clip.stat().st_size))
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as container:
        with av.open(str(clip)) as source:
            streams = {s.index: container.add_stream_from_template(s) for s in source.streams}
        ends: dict[int, int] = {}
        for _ in range(times):
            ends = _append(clip, container, streams, ends)
    return target


def _append(
    clip: Path, container: av.container.OutputContainer, streams: dict[int, Any], ends: dict[int, int]
) -> dict[int, int]:
    """Mux `clip` after what is there; `ends` maps a stream to its next free time stamp."""
    reached, shifts = dict(ends), dict[int, int]()
    with av.open(str(clip)) as source:
        for packet in source.demux():
            if packet.dts is None or packet.pts is None:
                continue
            index = packet.stream.index
            shift = shifts.setdefault(index, ends[index] - packet.dts if index in ends else 0)
            reached[index] = packet.dts + shift + (packet.duration or 1)
            packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
            packet.stream = streams[index]
            container.mux(packet)
    return reached
