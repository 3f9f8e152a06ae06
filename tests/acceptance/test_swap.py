"""`visage swap` returns the customer's video with another face, and nothing else different."""

import json
from pathlib import Path

import av
import pytest

from tests.acceptance.commands import visage
from tests.acceptance.likeness import compare
from tests.films import ffmpeg
from visage.stack import Stack

MEDIA = Path(__file__).parents[3] / "shared" / "media"
# How many segments each comes to, at least.
CLIPS = {
    "lp_s18_720p_talk.mp4": 1,
    "selfie_720x1240.mov": 1,
    "no_audio_vfr.mp4": 1,
    "asl_concat_44s_gop60.mp4": 3,
}
LONGEST = 6  # seconds; what is longer is cut, as it is


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", CLIPS)
async def test_only_the_face_changes(name: str, service: Stack, tmp_path: Path) -> None:
    original, face = MEDIA / name, MEDIA / "faker_f07.jpg"
    if not original.exists():
        pytest.skip(
            f"{original} is not there: the shared clips lie beside a checkout only where Visage is made"
        )
    original = at_most(LONGEST, original, tmp_path)
    result = tmp_path / f"result{original.suffix}"

    report = await visage(service, "swap", original, face, "-o", result, "--tier", "business", "--json")

    likeness = compare(original, result)
    assert report["state"] == "done"
    assert report["frames"] == likeness.frames[0] == likeness.frames[1]
    assert report["segments"] >= CLIPS[name]
    assert report["faces"] > 0
    assert likeness.same_times
    assert likeness.same_audio
    assert likeness.psnr_outside >= 42
    assert likeness.psnr_inside < likeness.psnr_outside - 6


def at_most(seconds: int, film: Path, folder: Path) -> Path:
    """The film, or its beginning in `folder` where it is longer; no packet is changed."""
    with av.open(str(film)) as container:
        if (container.duration or 0) <= seconds * 1_000_000:
            return film
    ffmpeg(["-i", str(film), "-t", str(seconds), "-map", "0", "-c", "copy", str(folder / film.name)])
    return folder / film.name


async def test_a_refusal_is_one_json_object_with_its_reason(service: Stack, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("This is not a video.\n" * 100)

    failure = await visage(service, "swap", text, text, "-o", tmp_path / "out.mp4", "--json", status=1)

    assert failure["reason"] in ("not-a-picture", "not-media")
    assert failure["message"]
    assert not (tmp_path / "out.mp4").exists()
    assert json.dumps(failure)
