"""`visage swap` returns the customer's video with another face, and nothing else different."""

import json
from pathlib import Path

import pytest

from tests.acceptance.commands import visage
from tests.acceptance.likeness import compare
from visage.stack import Stack

MEDIA = Path(__file__).parents[3] / "shared" / "media"
CLIPS = {
    "lp_s18_720p_talk.mp4": 1,
    "selfie_720x1240.mov": 1,
    "no_audio_vfr.mp4": 1,
    "asl_concat_44s_gop60.mp4": 8,
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", CLIPS)
async def test_only_the_face_changes(name: str, service: Stack, tmp_path: Path) -> None:
    original, face = MEDIA / name, MEDIA / "faker_f07.jpg"
    if not original.exists():
        pytest.skip(
            f"{original} is not there: the shared clips lie beside a checkout only where Visage is made"
        )
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


async def test_a_refusal_is_one_json_object_with_its_reason(service: Stack, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("This is not a video.\n" * 100)

    failure = await visage(service, "swap", text, text, "-o", tmp_path / "out.mp4", "--json", status=1)

    assert failure["reason"] in ("not-a-picture", "not-media")
    assert failure["message"]
    assert not (tmp_path / "out.mp4").exists()
    assert json.dumps(failure)
