"""`visage quality` as it is typed."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import cv2
from tests.portraits import hopper_path
from tests.swaps import film, swapped


async def test_a_swapped_picture_is_measured(tmp_path: Path) -> None:
    status, report = await quality(*pictures(tmp_path), hopper_path())
    assert status == 0
    assert report["coverage"] == {
        "frames": 1, "with_face": 1, "swapped": 1, "dropped": 0, "untouched": 0, "missing": 0,
    }  # fmt: skip
    assert report["identity"]["recognizer"] == "SFace"
    assert report["identity"]["after"] > report["identity"]["same_person"] > report["identity"]["before"]
    assert report["background"]["psnr"] == 99.0
    assert report["flicker"] is None


def pictures(folder: Path) -> tuple[Path, Path]:
    """A picture, and the same with another face."""
    original, result = folder / "original.png", folder / "result.png"
    cv2.imwrite(str(original), film()[0])
    cv2.imwrite(str(result), swapped()[0])
    return original, result


async def quality(*files: Path) -> tuple[int | None, Any]:
    """Exit status, and what was printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "visage", "quality", *map(str, files), "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    printed, _ = await process.communicate()
    return process.returncode, json.loads(printed)
