"""What the pages say of a face."""

from uuid import uuid4

from contracts.messages import now
from contracts.mixes import FacePart
from gateway.site.shown.face import FaceShown
from gateway.views.faces import FaceName, FaceView, PhotoView


def face(photos: int = 1, parts: tuple[FacePart, ...] = (), mixed_into: tuple[str, ...] = ()) -> FaceShown:
    view = FaceView(
        id=uuid4(),
        name="Grace",
        width=1,
        height=1,
        box=[],
        points=[],
        score=1,
        thumbnail_url="/thumbnail",
        photos=[PhotoView(id=uuid4(), thumbnail_url="/photo", created_at=now()) for _ in range(photos)],
        parts=list(parts),
        mixed_into=[FaceName(id=uuid4(), name=name) for name in mixed_into],
        created_at=now(),
    )
    return FaceShown.of(view)


def test_one_photo_is_not_worth_a_word_and_several_are() -> None:
    assert (face(1).made_of, face(3).made_of) == ("", "3 photos")


def test_a_mixed_face_says_of_whom_it_is_made() -> None:
    parts = [FacePart(face_id=uuid4(), name=name, weight=weight) for name, weight in (("A", 0.6), ("B", 0.4))]
    shown = face(0, tuple(parts))
    assert shown.mixed
    assert shown.made_of == "Mixed: A 60 %, B 40 %"


def test_who_deletes_a_part_is_told_who_keeps_copies() -> None:
    assert "keep" not in face().question
    assert face(mixed_into=("Nova",)).question.endswith(
        "“Nova” is mixed from it and keeps copies of its photos."
    )
    assert "“Nova”, “Vega” are mixed from it and keep copies" in face(mixed_into=("Nova", "Vega")).question
