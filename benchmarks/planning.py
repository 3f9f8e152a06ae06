"""What it costs to know where a large video in the object store can be cut.

Compared: reading its index through ranges, as the scheduler does; and what the predecessor did, fetching the whole
file and splitting it on disk with ffmpeg.
"""

import asyncio
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from benchmarks import clips
from benchmarks.command import main
from contracts.settings import Settings
from media.plan import plan
from media.source import open_source
from storage.objects import ObjectStore
from storage.s3 import open_store
from visage.embedded import secrets, servers
from visage.keeper import Keeper

KEY = "benchmark/long.mp4"
URL_SECONDS = 3600
SEGMENT_SECONDS = 5.0


def by_index(url: str) -> dict[str, float]:
    """Plan over ranges."""
    began = time.monotonic()
    with open_source(url) as source:
        made = plan(source, SEGMENT_SECONDS)
    return {
        "seconds": time.monotonic() - began,
        "bytes_read": made.bytes_read,
        "segments": len(made.segments),
    }


async def by_splitting(store: ObjectStore, folder: Path) -> dict[str, float]:
    """Fetch everything, split it on disk."""
    began = time.monotonic()
    copy, count = folder / "copy.mp4", 0
    with copy.open("wb") as file:
        async for chunk in store.get(KEY):
            count += file.write(chunk)
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(copy), "-map", "0:v", "-c", "copy", "-f", "segment",
        "-segment_time", str(SEGMENT_SECONDS), str(folder / "part-%05d.mp4"),
    ]  # fmt: skip
    await asyncio.to_thread(subprocess.run, command, check=True)
    parts = len(list(folder.glob("part-*.mp4")))
    return {"seconds": time.monotonic() - began, "bytes_read": count, "segments": parts}


async def run(megabytes: int) -> dict[str, Any]:
    """Store a clip of about `megabytes` and plan it both ways."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        long = clips.repeated(
            clips.noise(folder / "short.mp4", 10, (320, 180), quantizer=30), folder / "long.mp4", megabytes
        )
        keeper = Keeper()
        try:
            data = secrets.private_folder(folder / "var")
            settings = await servers.start(keeper, Settings(data=data))
            async with open_store(settings.s3) as store:
                await store.put(KEY, long)
                url = await store.presigned_get(KEY, URL_SECONDS)
                index = await asyncio.to_thread(by_index, url)
                split = await by_splitting(store, folder)
        finally:
            await keeper.close()
        return {
            "file_bytes": long.stat().st_size,
            "index": index,
            "split": split,
            "bytes_ratio": split["bytes_read"] / index["bytes_read"],
            "time_ratio": split["seconds"] / index["seconds"],
        }


if __name__ == "__main__":
    main(__doc__, run, megabytes=500, full=2000)
