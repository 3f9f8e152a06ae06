"""Memory of every actor while a small and then a large file go through the whole service.

Flat means: what a process holds does not follow the size or the length of the file. The same service takes a small file
first (so that everything is loaded), then one that is many times as large; the ratios of the peaks are the result.
A face is in a sixth of the film: so some of it is encoded, some copied, and all of it joined.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import mean
from typing import Any

import imageio_ffmpeg
import psutil

from benchmarks import clips
from contracts.settings import GatewaySettings, QualitySettings, Settings, StackSettings
from visage import demo, logs
from visage.client import Client
from visage.stack import Stack, running

SAMPLE_SECONDS = 0.1
ACTORS = ("gateway", "relay", "webhooks", "scheduler", "agent-1", "merger")
# A sixth of the demo's film, then grain without a face.
FILTER = (
    "[0:v]trim=end={face},setpts=PTS-STARTPTS,scale=480:270,noise=alls=8:allf=t[a];"
    "color=gray:size=480x270:rate=30:duration={rest},noise=alls=40:allf=t[b];[a][b]concat[v]"
)


def film(folder: Path, seconds: float, megabytes: float) -> Path:
    """A clip with sound, of so many seconds and about so many megabytes."""
    first, clip = folder / "first.mp4", folder / "clip.mp4"
    demo.write_clip(first, seconds)
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-i", str(first), "-filter_complex",
        FILTER.format(face=seconds / 6, rest=seconds * 5 / 6), "-map", "[v]", "-map", "0:a", "-c:a", "copy", "-c:v",
        "libx264", "-preset", "ultrafast", "-b:v", f"{megabytes * 8 / seconds:.3f}M", "-g", "60", "-bf", "2", str(clip),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return clip


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its children, MB; pages they share are counted once each."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total / 10**6


@asynccontextmanager
async def sampled(stack: Stack) -> AsyncIterator[dict[str, list[float]]]:
    """Samples of the resident memory of every actor, MB, while the block runs."""
    samples: dict[str, list[float]] = {actor: [resident_mb(stack.processes[actor])] for actor in ACTORS}

    async def sample() -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            for actor, row in samples.items():
                row.append(resident_mb(stack.processes[actor]))

    task = asyncio.create_task(sample())
    try:
        yield samples
    finally:
        task.cancel()


async def measure(stack: Stack, video: Path, face_id: str) -> dict[str, Any]:
    """Peaks in MB over one upload and one job."""
    began = time.monotonic()
    async with Client(stack.url, stack.operator_key) as client, sampled(stack) as samples:
        upload = await client.upload(video, "target")
        job = await client.create_job(upload["id"], [face_id])
        job = await client.wait(job["id"])
    if job["state"] != "done":
        raise SystemExit(f"the job ended {job['state']}: {job['failure']}")
    return {
        "file_mb": round(video.stat().st_size / 10**6, 1),
        "frames": job["frames"],
        "wall_seconds": round(time.monotonic() - began, 1),
        "peak_mb": {actor: round(max(row), 1) for actor, row in samples.items()},
        "agent_quarters_mb": quarters(samples["agent-1"]),
    }


def quarters(samples: list[float]) -> list[float]:
    """Mean of each quarter of the samples: a leak would climb."""
    step = max(1, len(samples) // 4)
    return [round(mean(samples[start : start + step]), 1) for start in range(0, 4 * step, step)]


async def run(seconds: float, megabytes: float, times: int) -> dict[str, Any]:
    """Measure a film, and the same film `times` over, on a fresh service."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            data=folder / "var",
            gateway=GatewaySettings(port=0),
            quality=QualitySettings(windows=0),
            stack=StackSettings(agents=1),
        )
        _, face = demo.material(folder)
        small = film(folder, seconds, megabytes)
        large = clips.repeated(small, folder / "large.mp4", round(small.stat().st_size * times / 10**6))
        async with running(settings) as stack:
            async with Client(stack.url, stack.operator_key) as client:
                face_id = (await client.upload(face, "face"))["face_id"]
            before, after = await measure(stack, small, face_id), await measure(stack, large, face_id)
    ratios = {actor: round(after["peak_mb"][actor] / peak, 3) for actor, peak in before["peak_mb"].items()}
    return {"small": before, "large": after, "peak_ratio": ratios}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument("--full", action="store_true", help="2 GB and an hour instead of 250 MB and 50 s")
    options = parser.parse_args()
    logs.configure("console", "warning", sys.stderr)
    report = asyncio.run(run(60, 33.4, 60) if options.full else run(10, 50, 5))
    print(json.dumps(report, indent=None if options.json else 2))
