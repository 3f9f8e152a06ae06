"""What `visage swap` makes of its words about faces."""

from pathlib import Path

import pytest

from contracts.errors import Reason, RequestError
from visage.commands.swap import EVERYBODY, casting


def test_one_face_is_everybodys(tmp_path: Path) -> None:
    photo = tmp_path / "anna.jpg"
    assert casting(photo, []) == {EVERYBODY: photo}


def test_a_mapping_names_a_face_for_each(tmp_path: Path) -> None:
    photo = tmp_path / "a=b.jpg"
    photo.touch()
    assert casting(None, [f"person-1={photo}", f"person-3={photo}"]) == {"person-1": photo, "person-3": photo}


@pytest.mark.parametrize(
    ("face", "mapped"),
    [
        (None, []),
        (Path("anna.jpg"), ["person-1=ben.jpg"]),
        (None, ["person-1"]),
        (None, ["person-1="]),
        (None, [f"={__file__}"]),
    ],
)
def test_anything_else_is_refused(face: Path | None, mapped: list[str]) -> None:
    with pytest.raises(RequestError) as refused:
        casting(face, mapped)
    assert refused.value.reason is Reason.INVALID
