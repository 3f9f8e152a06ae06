"""How near to the upload each encoder comes where nothing is swapped, what it costs in bytes and in time.

    python -m benchmarks.quality [FILE ...] [--frames 30] [--json]

Each file is decoded, encoded by the settings that its codec would be given, decoded again and compared. Without a
file, the demonstration's clip is used. PSNR is over all samples of all planes, in dB.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from contracts.media import EncodeSpec, MediaInfo
from media.containers.container import open_container
from media.containers.sniff import sniff
from media.encode import SEGMENT_SUFFIX, SegmentWriter
from media.frames import read_range
from media.joining.segments import Segments
from media.pixels.fit import fitted
from media.pixels.frame import Frame
from media.pixels.planes import Plane, planes
from media.plan import plan
from media.probe import probe
from media.sources.source import open_source
from media.spec import encode_spec
from visage.demo import write_clip

_CODECS = ("h264", "hevc", "vp9", "av1", "prores")
_PRESETS = ("fast", "best")
_CLIP_SECONDS = 2.0


def main() -> None:
    """Measure every encoder on every file and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--codecs", default=",".join(_CODECS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(
            _rows(
                options.files or [_clip(Path(folder))],
                options.codecs.split(","),
                options.frames,
                Path(folder),
            )
        )
    print(json.dumps({"rows": rows}) if options.json else _table(rows))


def _clip(folder: Path) -> Path:
    write_clip(folder / "clip.mp4", _CLIP_SECONDS)
    return folder / "clip.mp4"


def _rows(files: list[Path], codecs: list[str], count: int, folder: Path) -> Iterator[dict[str, Any]]:
    for file in files:
        with open_source(file) as source:
            info = probe(source)
        frames = list(islice(_frames(file), count))
        for codec in codecs:
            for preset in _PRESETS if codec != "prores" else _PRESETS[:1]:
                spec = _spec(info, codec, preset)
                yield {"file": file.name, "codec": codec, "preset": preset} | _measured(frames, spec, folder)
                print(".", end="", file=sys.stderr, flush=True)


def _frames(file: Path) -> Iterator[Frame]:
    with open_source(file) as source:
        cut = plan(source, 1e6)
        with closing(read_range(source, cut.stream_index, cut.segments[0])) as frames:
            yield from frames


def _spec(info: MediaInfo, codec: str, preset: str) -> EncodeSpec:
    video = info.video.model_copy(update={"codec": codec, "profile": None})
    alike = info.model_copy(update={"video": video, "container": "matroska"})
    return encode_spec(alike, preset=preset)


def _measured(frames: list[Frame], spec: EncodeSpec, folder: Path) -> dict[str, Any]:
    part = folder / f"part{SEGMENT_SUFFIX}"
    begun = time.process_time()
    with SegmentWriter(part, spec) as writer:
        for frame in frames:
            writer.write(frame)
    seconds = time.process_time() - begun
    likeness = [
        _psnr(planes(fitted(frame.video, spec)), after)
        for frame, after in zip(frames, _decoded(part), strict=True)
    ]
    with Segments([part], spec.time_base) as parts:
        size = sum(packet.size for packet in parts.packets())
    return {
        "encoder": spec.encoder,
        "quality": spec.options.get("crf", spec.options.get("profile")),
        "psnr": round(float(np.mean(likeness)), 2),
        "worst": round(min(likeness), 2),
        "bits_per_pixel": round(8 * size / len(frames) / (spec.width * spec.height), 3),
        "cpu_ms_per_frame": round(1000 * seconds / len(frames), 1),
    }


def _decoded(part: Path) -> Iterator[list[Plane]]:
    with open_source(part) as source, open_container(source, sniff(source) or "nut") as container:
        for frame in container.decode(video=0):
            yield planes(frame)


def _psnr(one: list[Plane], other: list[Plane]) -> float:
    error = total = 0.0
    for before, after in zip(one, other, strict=True):
        apart = before.astype(np.float64) - after
        error, total = error + float((apart * apart).sum()), total + apart.size
    top = 255.0 if one[0].dtype == np.uint8 else 1023.0
    return 99.0 if not error else 10 * float(np.log10(top * top * total / error))


def _table(rows: list[dict[str, Any]]) -> str:
    names = list(rows[0])
    lines = [" | ".join(str(row[name]) for name in names) for row in rows]
    return "\n".join([" | ".join(names), *lines])


if __name__ == "__main__":
    main()
