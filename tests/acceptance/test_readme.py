"""The calls that the README shows are made as they stand there."""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.acceptance.likeness import audio_packets, frame_times
from tests.unit.docs.pages import blocks, section, text_of
from visage.stack import Stack

TOOLS = ("bash", "curl", "jq")


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")
async def test_the_calls_of_the_readme_are_a_whole_job(
    service: Stack, material: tuple[Path, Path], tmp_path: Path
) -> None:
    video, face = material
    shutil.copy(video, tmp_path / "video.mp4")
    shutil.copy(face, tmp_path / "face.jpg")
    (shown,) = blocks(section(text_of("README.md"), "From the API"), "sh")

    printed = await run(re.sub(r"(?m)^URL=.*$", f"URL={service.url}", shown), service, tmp_path)

    assert '"state": "ready"' in printed
    assert '"state":"done"' in printed
    assert frame_times(tmp_path / "result.mp4") == frame_times(video)
    assert audio_packets(tmp_path / "result.mp4") == audio_packets(video)


async def run(script: str, service: Stack, folder: Path) -> str:
    """What a shell prints that runs `script` in `folder`, with `visage` at hand; it must succeed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", script,
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "VISAGE_DATA": str(service.settings.data)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    return printed.decode()
