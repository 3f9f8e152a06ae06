"""A face that does not exist, made and used by the command line."""

from pathlib import Path

from tests.acceptance.commands import visage
from tests.acceptance.likeness import compare
from tests.portraits import astronaut, encoded
from visage.client import Client
from visage.stack import Stack


async def test_a_mixed_face_goes_into_a_video(
    service: Stack, client: Client, material: tuple[Path, Path], tmp_path: Path
) -> None:
    video, grace = material
    eileen = tmp_path / "Eileen.png"
    eileen.write_bytes(encoded(astronaut()))
    first = (await client.upload(eileen, "face"))["face_id"]
    refusal = await visage(service, "face", "add", grace, "--to", first, "--json", status=1)
    assert refusal["reason"] == "different-person"

    second = (await client.upload(grace, "face"))["face_id"]
    nova = await visage(service, "face", "mix", f"{first}=2", second, "--name", "Nova", "--json")
    assert [round(part["weight"], 3) for part in nova["parts"]] == [0.667, 0.333]
    gone = await visage(service, "face", "remove", first, "--json")
    assert [one["name"] for one in gone["mixed_into"]] == ["Nova"]

    result = tmp_path / "result.mp4"
    report = await visage(service, "swap", video, "Nova", "-o", result, "--json")
    assert report["state"] == "done"
    assert report["faces"] > 0
    likeness = compare(video, result)
    assert likeness.psnr_inside < likeness.psnr_outside - 6
