"""What exact media costs: an agent that only passes frames through, the plan and the join, beside ffmpeg's commands.

Compared on the same clip and cores, one after the other: `ffmpeg -c:v ENCODER -c:a copy` at the very settings the agent
uses; `ffmpeg -f segment -c copy`; `ffmpeg -f concat -c copy`. CPU is user and system time of all threads; the start of
the agent's worker is left out, because it serves many segments.
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import imageio_ffmpeg
import psutil

from contracts.media import EncodeSpec, MediaInfo, MediaKind, Plan, SegmentRange
from contracts.messages import SegmentTask
from contracts.settings import AgentSettings
from gpu_agent.child import Child
from gpu_agent.wire import Order
from media.encode import SEGMENT_SUFFIX
from media.joining.join import join
from media.plan import plan
from media.probe import probe
from media.sources.source import open_source
from media.spec import encode_spec
from visage import demo, logs

SEGMENT_SECONDS = 5.0
FILTER = "scale=1280:720:flags=lanczos,noise=alls=4:allf=t"  # the grain of a camera


def film(folder: Path, seconds: float) -> Path:
    """A clip of 1280 x 720 with sound, its key frames two seconds apart."""
    small, large = folder / "small.mp4", folder / "film.mp4"
    demo.write_clip(small, seconds)
    ffmpeg(
        "-i",
        small,
        "-vf",
        FILTER,
        "-c:v",
        "libx264",
        "-preset",
        "fast",
        "-crf",
        "18",
        "-g",
        "60",
        "-c:a",
        "copy",
        large,
    )
    return large


def ffmpeg(*arguments: str | Path) -> dict[str, float]:
    """Run the program; its CPU and wall seconds."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-nostdin", *map(str, arguments)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_seconds": cpu, "wall_seconds": time.monotonic() - began}


def ours(work: Callable[[], object]) -> dict[str, float]:
    """Run `work` in this process; its CPU and wall seconds."""
    cpu, began = time.process_time(), time.monotonic()
    work()
    return {"cpu_seconds": time.process_time() - cpu, "wall_seconds": time.monotonic() - began}


def order(clip: Path, info: MediaInfo, spec: EncodeSpec, span: SegmentRange, output: Path) -> Order:
    """An order without a face: nothing is looked for, nothing swapped, every frame encoded."""
    task = SegmentTask(
        attempt_id=uuid4(),
        job_id=uuid4(),
        segment_index=span.index,
        attempt=1,
        kind=MediaKind.VIDEO,
        source_key=clip.name,
        source_size=clip.stat().st_size,
        stream_index=info.video.index,
        time_base=info.video.time_base,
        range=span,
        encode=spec,
        engine="paste",
        faces=[],
        output_key=output.name,
    )
    return Order(task=task, source_url=str(clip), faces=[], output=str(output))


async def passed(
    child: Child, clip: Path, info: MediaInfo, spec: EncodeSpec, cut: Plan, folder: Path
) -> tuple[dict[str, float], list[Path]]:
    """Every segment through the agent's worker process."""
    assert child.pid is not None
    worker, began = psutil.Process(child.pid), time.monotonic()
    before = sum(worker.cpu_times()[:2])
    parts = [folder / f"{span.index}{SEGMENT_SUFFIX}" for span in cut.segments]
    for span, part in zip(cut.segments, parts, strict=True):
        await child.run(order(clip, info, spec, span, part), lambda _: None)
    cpu = sum(worker.cpu_times()[:2]) - before
    return {"cpu_seconds": cpu, "wall_seconds": time.monotonic() - began}, parts


def encoded(clip: Path, spec: EncodeSpec, threads: int, out: Path) -> dict[str, float]:
    """The whole clip by the program, with the agent's encoder and settings."""
    settings = [text for key, value in spec.options.items() for text in (f"-{key}", value)]
    return ffmpeg(
        "-threads", str(threads), "-i", clip, "-c:v", spec.encoder, *settings, "-pix_fmt", spec.pix_fmt,
        "-threads", str(threads), "-fps_mode", "passthrough", "-c:a", "copy", out,
    )  # fmt: skip


def concatenated(parts: list[Path], clip: Path, folder: Path) -> dict[str, float]:
    """The segments joined by the program's concat demuxer, with the sound of the original."""
    rows = folder / "parts.txt"
    rows.write_text("".join(f"file '{part}'\n" for part in parts))
    return ffmpeg(
        "-f", "concat", "-safe", "0", "-i", rows, "-i", clip, "-map", "0:v", "-map", "1:a", "-c", "copy",
        "-movflags", "+faststart", folder / "concat.mp4",
    )  # fmt: skip


def split(clip: Path, folder: Path) -> dict[str, float]:
    """The clip cut into files, as services do that copy before they work."""
    return ffmpeg(
        "-i", clip, "-map", "0:v", "-c", "copy", "-f", "segment", "-segment_time", str(SEGMENT_SECONDS),
        folder / "split-%05d.mp4",
    )  # fmt: skip


async def run(seconds: float, rounds: int, threads: int) -> dict[str, Any]:
    """Measure a clip of so many seconds, every pair so many times, one beside the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = await asyncio.to_thread(film, folder, seconds)
        with open_source(clip) as source:
            info, cut = probe(source), plan(source, SEGMENT_SECONDS)
        # Without a face every packet would be copied: here every frame is to be encoded.
        spec = encode_spec(info).model_copy(update={"copies": False})
        child = Child(AgentSettings(engine="paste"), "cpu", threads)
        await child.start()
        try:
            return await measured(child, clip, info, spec, cut, folder, rounds, threads)
        finally:
            await child.stop()


async def measured(
    child: Child,
    clip: Path,
    info: MediaInfo,
    spec: EncodeSpec,
    cut: Plan,
    folder: Path,
    rounds: int,
    threads: int,
) -> dict[str, Any]:
    """Medians of `rounds` rounds, each of which measures everything once."""
    rows: dict[str, list[dict[str, float]]] = {}
    for _ in range(rounds):
        agent, parts = await passed(child, clip, info, spec, cut, folder)
        result = folder / f"result{spec.suffix}"
        found = {
            "agent": agent,
            "ffmpeg_encode": await asyncio.to_thread(encoded, clip, spec, threads, folder / "encoded.mp4"),
            "join": ours(partial(join, parts, clip, result, spec)),
            "ffmpeg_concat": await asyncio.to_thread(concatenated, parts, clip, folder),
            "plan": ours(partial(planned, clip)),
            "ffmpeg_segment": await asyncio.to_thread(split, clip, folder),
        }
        for key, value in found.items():
            rows.setdefault(key, []).append(value)
    report: dict[str, Any] = {key: middle(values) for key, values in rows.items()}
    for one, other in (("agent", "ffmpeg_encode"), ("join", "ffmpeg_concat"), ("plan", "ffmpeg_segment")):
        ratios = [a["cpu_seconds"] / b["cpu_seconds"] for a, b in zip(rows[one], rows[other], strict=True)]
        report[f"{one}_cpu_ratio"] = round(statistics.median(ratios), 3)
    return {
        "frames": cut.frames,
        "segments": len(cut.segments),
        "threads": threads,
        "encoder": spec.encoder,
        "file_bytes": clip.stat().st_size,
        "plan_bytes_read": cut.bytes_read,
        "encoded_bytes_ratio": round(
            (folder / "result.mp4").stat().st_size / (folder / "encoded.mp4").stat().st_size, 4
        ),
        **report,
    }


def planned(clip: Path) -> Plan:
    """The plan of the clip."""
    with open_source(clip) as source:
        return plan(source, SEGMENT_SECONDS)


def middle(values: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {key: round(statistics.median(value[key] for value in values), 4) for key in values[0]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument(
        "--full", action="store_true", help="60 s of video and five rounds instead of 10 s and two"
    )
    parser.add_argument("--threads", type=int, default=2, help="threads of decoder and encoder on both sides")
    options = parser.parse_args()
    logs.configure("console", "warning", sys.stderr)
    report = asyncio.run(run(60 if options.full else 10, 5 if options.full else 2, options.threads))
    print(json.dumps(report, indent=None if options.json else 2))
