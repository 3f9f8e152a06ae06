"""Large clips made in seconds: incompressible pictures, or a short encode repeated by stream copy."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

FPS = 30

_QUALITY: dict[str, Callable[[int], dict[str, str]]] = {
    "libx264": lambda quantizer: {"preset": "ultrafast", "qp": str(quantizer), "bf": "2"},
    "mpeg4": lambda _: {"qmin": "4", "qmax": "4"},
}


FAST_START = {"movflags": "+faststart"}


def noise(
    target: Path,
    megabytes: int,
    size: tuple[int, int] = (1280, 720),
    quantizer: int = 4,
    codec: str = "libx264",
) -> Path:
    """A video of about `megabytes`: pictures that hardly compress, so that few frames fill it.

    `codec` is FFmpeg's "libx264", with B-frames, or "mpeg4", without.
    """
    generator = np.random.default_rng(1)
    tiles = [generator.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8) for _ in range(4)]
    options = {"g": "60", **_QUALITY[codec](quantizer)}
    with av.open(str(target), "w") as container:
        stream = container.add_stream(codec, rate=FPS, options=options)
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


def repeated(clip: Path, target: Path, megabytes: int, options: dict[str, str] | None = None) -> Path:
    """A video of about `megabytes`: `clip` over and over by stream copy, in the container of `target`'s name.

    `options` are the muxer's; by default the index of an MP4 is at the front.
    """
    times = max(1, round(megabytes * 10**6 / clip.stat().st_size))
    with av.open(str(target), "w", container_options=FAST_START if options is None else options) as container:
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
