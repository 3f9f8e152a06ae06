"""Data sets of faces: folders and shards, what is covered, and what is wrong with a bad one."""

from pathlib import Path

import numpy as np
import pytest

from contracts.errors import Reason, WorkError
from tests import packs
from training import pack


def test_pictures_and_shards_are_read_in_the_order_of_the_index(tmp_path: Path) -> None:
    found = pack.read(packs.small(tmp_path))
    assert [row.name for row in found.rows] == ["a0.png", "b0.png", "a1.png", "b1.png", "a2.png", "b2.png"]
    assert found.faces.shape == (6, 160, 160, 3)
    assert list(found.identities) == [0, 1, 0, 1, 0, 1]
    assert len(found.split("val").rows) == 2
    first = packs.faces()[0][:, :, ::-1].astype(float)
    assert np.corrcoef(found.faces[2].ravel(), first.ravel())[0, 1] > 0.99


def test_what_lies_outside_the_picture_is_not_covered(tmp_path: Path) -> None:
    quad = "0 80 159 80 159 159 0 159"
    face = packs.faces()[0]
    folder = packs.write(tmp_path, [(packs.row("a.png", "a", valid_quad=quad), face)])
    covered = pack.covered(pack.read(folder).rows[0])
    assert not covered[:80].any()
    assert covered[80:].all()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "index.csv").unlink(), "no index.csv"),
        (lambda folder: (folder / "a0.png").unlink(), "a0.png"),
        (lambda folder: (folder / "a0.png").write_bytes(b"no picture"), "a0.png is no picture of 160 x 160"),
        (lambda folder: (folder / "index.csv").write_text("name,split\na0.png,train\n"), "identity"),
    ],
)
def test_a_bad_data_set_is_told(tmp_path: Path, spoil: object, said: str) -> None:
    folder = packs.small(tmp_path)
    spoil(folder)  # type: ignore[operator]
    with pytest.raises(WorkError, match=said) as caught:
        _ = pack.read(folder).faces
    assert caught.value.reason is Reason.BAD_FACES
