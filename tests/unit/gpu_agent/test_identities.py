"""What a worker keeps between segments."""

from pathlib import Path

from gpu_agent.identities import Identities
from tests.clips import face_source
from tests.portraits import hopper_path
from tests.unit.gpu_agent.networks import lively


def test_a_face_is_prepared_once_and_anew_when_its_photos_change() -> None:
    kept = Identities()
    engine = kept.engine("paste")
    face = face_source(hopper_path())
    (photo,) = face.photos
    first = kept.identity(engine, face)
    signed = photo.model_copy(update={"url": f"{photo.url}?signature=another"})
    assert kept.identity(engine, face.model_copy(update={"photos": [signed]})) is first
    several = face.model_copy(update={"photos": [photo, photo.model_copy(update={"weight": 2.0})]})
    assert kept.identity(engine, several) is not first
    assert kept.identity(engine, face) is first


def test_two_engines_are_kept_and_the_one_used_least_recently_goes(tmp_path: Path) -> None:
    identity = str(lively.write_file(tmp_path / "identity", lively.SMALL_IDENTITY))
    weights = {
        family: {
            "identity": identity,
            "generator": str(lively.write_file(tmp_path / family, lively.SMALL[family])),
        }
        for family in ("simswap-224", "trained-224")
    }
    kept = Identities()
    paste, first = kept.engine("paste"), kept.engine("simswap", weights["simswap-224"])
    assert kept.engine("paste") is paste
    second = kept.engine("simswap", weights["trained-224"])
    assert second is not first
    assert kept.engine("paste") is paste
    assert kept.engine("simswap", weights["simswap-224"]) is not first
