"""Imported weights as an evaluation gets them: files, as long as it needs them."""

import hashlib
from pathlib import Path

import pytest
from tests.unit.gpu_agent.weights.made import generator_file, identity_file

from contracts.errors import Reason, RequestError, WeightsError
from contracts.settings import Settings
from storage.s3 import S3Store
from visage import weights
from visage.weights import Import


def wanted(path: Path) -> Import:
    """A plain import."""
    return Import(path, family=None, name=None, commercial=False, license="for research", default=False)


async def test_what_was_imported_is_at_hand_for_its_engine(
    settings: Settings, store: S3Store, database: None, tmp_path: Path
) -> None:
    with pytest.raises(RequestError) as refused:
        async with weights.at_hand(settings, "simswap"):
            pass
    assert refused.value.reason is Reason.WEIGHTS_MISSING
    rows = {
        "generator": await weights.import_weights(settings, wanted(generator_file(tmp_path / "a"))),
        "identity": await weights.import_weights(settings, wanted(identity_file(tmp_path / "b"))),
    }
    async with weights.at_hand(settings, "simswap") as files:
        assert {role: hashlib.sha256(path.read_bytes()).hexdigest() for role, path in files.items()} == {
            role: row.sha256 for role, row in rows.items()
        }
        folder = files["generator"].parent
    assert not folder.exists()
    await store.put(rows["generator"].key, b"something else")
    with pytest.raises(WeightsError, match="not the file that was imported"):
        async with weights.at_hand(settings, "simswap"):
            pass
