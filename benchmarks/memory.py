"""Memory of the gateway while a large file is uploaded, and of the agent while it works on it.

Flat means: what a process holds does not follow the size of the file. The same service takes a small file first
(so that everything is loaded), then one that is many times as large; the ratio of the two peaks is the result.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import mean
from typing import Any

import psutil

from benchmarks import clips
from benchmarks.command import main
from contracts.settings import GatewaySettings, Settings, StackSettings
from visage import demo
from visage.client import Client
from visage.stack import Stack, running

SAMPLE_SECONDS = 0.05
SMALL_MB = 150  # 90 frames: what decoder, queues and encoder hold at most is full by then


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its children, MB; pages they share are counted once each."""
    process = psutil.Process(pid)
    total = 0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += one.memory_info().rss
    return total / 10**6


@asynccontextmanager
async def peak(pid: int) -> AsyncIterator[list[float]]:
    """Samples of the resident memory of `pid` and its children, MB, while the block runs."""
    samples = [resident_mb(pid)]

    async def sample() -> None:
        while True:
            samples.append(resident_mb(pid))
            await asyncio.sleep(SAMPLE_SECONDS)

    task = asyncio.create_task(sample())
    try:
        yield samples
    finally:
        task.cancel()


async def measure(stack: Stack, video: Path, face_id: str) -> dict[str, Any]:
    """Peaks in MB over one upload and one job."""
    async with Client(stack.url, stack.operator_key) as client:
        async with peak(stack.processes["gateway"]) as gateway:
            upload = await client.upload(video, "target")
        async with peak(stack.processes["agent-1"]) as agent:
            job = await client.create_job(upload["id"], [face_id])
            job = await client.wait(job["id"])
    if job["state"] != "done":
        raise SystemExit(f"the job ended {job['state']}: {job['failure']}")
    return {
        "file_mb": video.stat().st_size / 10**6,
        "frames": job["frames"],
        "gateway_peak_mb": max(gateway),
        "agent_peak_mb": max(agent),
        "agent_quarters_mb": quarters(agent),
    }


def quarters(samples: list[float]) -> list[float]:
    """Mean of each quarter of the samples: a leak would climb."""
    step = max(1, len(samples) // 4)
    return [round(mean(samples[start : start + step]), 1) for start in range(0, 4 * step, step)]


async def run(megabytes: int) -> dict[str, Any]:
    """Measure a small and a large file on a fresh service."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data=Path(folder) / "var", gateway=GatewaySettings(port=0), stack=StackSettings(agents=1)
        )
        _, face = demo.material(Path(folder))
        small = clips.noise(Path(folder) / "small.mp4", SMALL_MB)
        large = clips.noise(Path(folder) / "large.mp4", megabytes)
        async with running(settings) as stack:
            async with Client(stack.url, stack.operator_key) as client:
                face_id = (await client.upload(face, "face"))["face_id"]
            before, after = await measure(stack, small, face_id), await measure(stack, large, face_id)
    ratios = {
        f"{who}_ratio": after[f"{who}_peak_mb"] / before[f"{who}_peak_mb"] for who in ("gateway", "agent")
    }
    return {"small": before, "large": after, **ratios}


if __name__ == "__main__":
    main(__doc__, run, megabytes=300, full=1000)
