"""Networks that come with Visage: which are there, and who may use them."""

from pathlib import Path

import pytest

from contracts import packaged
from contracts.errors import Reason, RequestError
from tests.packages import put


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what comes with Visage, empty."""
    monkeypatch.setattr(packaged, "FOLDER", tmp_path / "models")
    packaged.FOLDER.mkdir()
    return packaged.FOLDER


def test_an_engine_is_there_with_both_of_its_files(folder: Path) -> None:
    put(folder, "compact", "research")
    put(folder, "compact-clean", "clean")
    put(folder, "compact-half", "clean").with_suffix(".onnx").unlink()
    put(folder, "other", "clean")
    assert packaged.engines() == ["compact", "compact:clean"]
    found = packaged.packaged("compact:clean")
    assert found is not None and found.for_business
    assert (found.weights, found.graph) == (
        folder / "compact-clean.safetensors",
        folder / "compact-clean.onnx",
    )
    for name in ("compact:half", "compact:../models/compact", "compact:", "other", "paste", "compact:*"):
        assert packaged.packaged(name) is None, name


def test_a_business_gets_the_clean_one_and_nothing_where_there_is_none(folder: Path) -> None:
    assert packaged.usual(commercial=False) is None
    put(folder, "compact", "research")
    assert packaged.usual(commercial=False) == "compact"
    assert packaged.usual(commercial=True) is None
    put(folder, "compact-clean", "clean")
    assert packaged.usual(commercial=False) == "compact"
    assert packaged.usual(commercial=True) == "compact:clean"
    put(folder, "compact", "clean")
    assert packaged.usual(commercial=True) == "compact"


def test_a_refusal_says_what_would_pass(folder: Path) -> None:
    put(folder, "compact", "research")
    packaged.check_use("compact", commercial=False)
    with pytest.raises(RequestError, match="Choose another engine") as caught:
        packaged.check_use("compact", commercial=True)
    assert caught.value.reason is Reason.NON_COMMERCIAL
    put(folder, "compact-clean", "clean")
    packaged.check_use("compact:clean", commercial=True)
    with pytest.raises(RequestError, match="compact:clean would pass"):
        packaged.check_use("compact", commercial=True)
    with pytest.raises(RequestError, match="compact, compact:clean") as missing:
        packaged.check_use("compact:large", commercial=False)
    assert missing.value.reason is Reason.WEIGHTS_MISSING


def test_weights_that_do_not_say_so_are_for_no_business(folder: Path) -> None:
    put(folder, "compact", "")
    assert packaged.usual(commercial=True) is None
