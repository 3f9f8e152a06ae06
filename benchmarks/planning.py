"""What it costs to know where a large video in the object store can be cut, for each container.

Compared: reading its index through ranges, as the scheduler does; and what the predecessor did, fetching the whole
file and splitting it on disk with ffmpeg. A transport stream has no index: it is copied once as it comes in, which
reads it whole, and then planned by the copy's.
"""

import asyncio
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from benchmarks import clips
from benchmarks.command import main
from contracts.media import Plan
from contracts.settings import Settings
from media.containers.remux import remux
from media.jobs import PlanRequest, plan
from media.sources.source import open_source
from storage.objects import ObjectStore
from storage.s3 import open_store
from visage.embedded import secrets, servers
from visage.keeper import Keeper

URL_SECONDS = 3600
SEGMENT_SECONDS = 5.0
_PARTS = {
    ".avi": ".mkv"
}  # of what ffmpeg splits each into: an AVI that begins late is full of skipped frames


@dataclass(frozen=True)
class Form:
    """A container, as it is written: the codec of the clip that fills it, the muxer's options, the clip's own."""

    suffix: str
    codec: str
    options: dict[str, str]
    clip: str = ".mp4"


FORMS = {
    "mp4": Form(".mp4", "libx264", clips.FAST_START),
    "fragmented": Form(".mp4", "libx264", {"movflags": "+frag_keyframe+empty_moov+default_base_moof"}),
    "matroska": Form(".mkv", "libx264", {}),
    "avi": Form(".avi", "mpeg4", {}, ".avi"),
    "transport-stream": Form(".ts", "libx264", {}),
}


async def by_index(store: ObjectStore, key: str) -> dict[str, float]:
    """Plan over ranges."""
    url = await store.presigned_get(key, URL_SECONDS)
    request = PlanRequest(url=url, segment_seconds=SEGMENT_SECONDS, every_frame=False)
    began = time.monotonic()
    made: Plan = await asyncio.to_thread(plan, request)
    return {
        "seconds": time.monotonic() - began,
        "bytes_read": made.bytes_read,
        "segments": len(made.segments),
    }


async def by_splitting(store: ObjectStore, key: str, folder: Path) -> dict[str, float]:
    """Fetch everything, split it on disk."""
    began = time.monotonic()
    copy, count = folder / f"copy{Path(key).suffix}", 0
    with copy.open("wb") as file:
        async for chunk in store.get(key):
            count += file.write(chunk)
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(copy), "-map", "0:v", "-c", "copy", "-f", "segment",
        "-segment_time", str(SEGMENT_SECONDS), str(folder / f"part-%05d{_PARTS.get(copy.suffix, copy.suffix)}"),
    ]  # fmt: skip
    await asyncio.to_thread(subprocess.run, command, check=True)
    return {
        "seconds": time.monotonic() - began,
        "bytes_read": count,
        "segments": len(list(folder.glob("part-*"))),
    }


async def copied(store: ObjectStore, key: str, folder: Path) -> tuple[str, dict[str, float]]:
    """Make and store a work copy; its key, and what it cost."""
    url = await store.presigned_get(key, URL_SECONDS)
    began = time.monotonic()
    with open_source(url) as source:
        await asyncio.to_thread(remux, source, folder / "work", SEGMENT_SECONDS)
        count = source.bytes_read
    made = time.monotonic()
    await store.put(f"{key}-work", folder / "work")
    spent = {"seconds": made - began, "store_seconds": time.monotonic() - made}
    return f"{key}-work", {**spent, "bytes_read": count}


async def row(store: ObjectStore, name: str, megabytes: int) -> dict[str, Any]:
    """Store a clip of about `megabytes` and plan it both ways."""
    form, key = FORMS[name], f"benchmark/{name}{FORMS[name].suffix}"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        short = clips.noise(folder / f"short{form.clip}", 10, (320, 180), 30, form.codec)
        long = clips.repeated(short, folder / f"long{form.suffix}", megabytes, form.options)
        await store.put(key, long)
        found: dict[str, Any] = {"file_bytes": long.stat().st_size}
        planned = key
        if name == "transport-stream":
            planned, found["work_copy"] = await copied(store, key, folder)
        found["index"] = await by_index(store, planned)
        found["split"] = await by_splitting(store, key, folder)
    for stored in {key, planned}:
        await store.delete(stored)
    return found | {
        "bytes_ratio": found["split"]["bytes_read"] / found["index"]["bytes_read"],
        "time_ratio": found["split"]["seconds"] / found["index"]["seconds"],
    }


async def run(megabytes: int) -> dict[str, Any]:
    """A row for each container."""
    keeper = Keeper()
    with tempfile.TemporaryDirectory() as name:
        try:
            data = secrets.private_folder(Path(name) / "var")
            settings = await servers.start(keeper, Settings(data=data))
            async with open_store(settings.s3) as store:
                return {name: await row(store, name, megabytes) for name in FORMS}
        finally:
            await keeper.close()


if __name__ == "__main__":
    main(__doc__, run, megabytes=60, full=500)
