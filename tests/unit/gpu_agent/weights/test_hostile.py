"""Pickles that would do something: nothing of it is done, whatever else becomes of the file."""

import io
import os
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch

from contracts.errors import WeightsError
from gpu_agent.weights import pickles
from gpu_agent.weights.sources import open_weights
from tests.unit.gpu_agent.weights.made import small_generator

INERT = set(vars(pickles.Inert))
MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001
WRITES = "open({0!r}, 'w').close()"


class Payload:
    """An object that is un-pickled by a call."""

    def __init__(self, call: Callable[..., Any], *arguments: Any) -> None:
        self._call, self._arguments = call, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self._call, self._arguments

    def __call__(self) -> None:
        """What is called has to look as if it could be."""


class Stateful:
    """An object whose state brings a payload along, and is set by a function of choice."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def __reduce__(self) -> tuple[Any, ...]:
        return OrderedDict, (), self._state


PAYLOADS: dict[str, Callable[[str], Any]] = {
    "system": lambda path: Payload(os.system, f"touch {path}"),
    "exec": lambda path: Payload(exec, WRITES.format(path)),
    "eval": lambda path: Payload(eval, WRITES.format(path)),
    "mkdir": lambda path: Payload(os.mkdir, path),
    "getattr": lambda path: Payload(Payload(getattr, Path(path), "touch")),
    "in a state": lambda path: Stateful({"x": Payload(os.mkdir, path)}),
    "as a name": lambda path: {Payload(os.mkdir, path): 1},
    "as a call": lambda path: Payload(map, Payload(os.mkdir, path)),
}


def _wrappings(payload: Any) -> dict[str, Any]:
    state = dict(small_generator().state_dict())
    return {
        "alone": payload,
        "beside weights": state | {"payload": payload},
        "instead of a tensor": state | {"first_layer.1.weight": payload},
        "in metadata": {"state_dict": state, "args": [payload]},
    }


def _runs(content: bytes, target: Path) -> bool:
    """Whether un-pickling the usual way would have done it."""
    try:
        pickle.loads(content)
    except Exception:  # what it did before it broke off counts
        return target.exists()
    return target.exists()


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_in_a_pickle_is_run(name: str, zipped: bool, tmp_path: Path) -> None:
    target = tmp_path / "written"
    for where, content in _wrappings(PAYLOADS[name](str(target))).items():
        path = tmp_path / f"{where}.pth"
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
        with suppress(WeightsError):
            open_weights(path)
        assert not target.exists(), where
    assert _runs(pickle.dumps(PAYLOADS[name](str(target))), target)


@pytest.mark.parametrize("protocol", range(6))
def test_no_protocol_of_pickle_runs_anything(protocol: int, tmp_path: Path) -> None:
    target, path = tmp_path / "written", tmp_path / "weights.pth"
    _zip(path, pickle.dumps({"x": Payload(os.mkdir, str(target))}, protocol))
    with pytest.raises(WeightsError, match="no tensors"):
        open_weights(path)
    assert not target.exists()


def test_the_payload_beside_them_does_not_spoil_the_weights(tmp_path: Path) -> None:
    state = dict(small_generator().state_dict())
    torch.save({"G": state, "x": Payload(os.mkdir, str(tmp_path / "written"))}, tmp_path / "weights.pth")
    assert set(open_weights(tmp_path / "weights.pth").tensors) == set(state)
    assert not (tmp_path / "written").exists()


def test_a_source_that_differs_writes_no_patch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the format before zip, torch itself writes NAME.patch beside classes whose source has changed."""
    monkeypatch.chdir(tmp_path)

    class Referring(pickle.Pickler):
        def persistent_id(self, thing: Any) -> Any:
            if thing != "here":
                return None
            return ("module", OrderedDict, "source.py", "another source")

    content = io.BytesIO()
    Referring(content, 2).dump({"x": "here"})
    Path("weights.pth").write_bytes(_legacy(content.getvalue()))
    with pytest.raises(WeightsError, match="no tensors"):
        open_weights(Path("weights.pth"))
    assert [path.name for path in tmp_path.iterdir()] == ["weights.pth"]


def test_a_tar_archive_is_not_unpacked(tmp_path: Path) -> None:
    """The format before version 0.1.10, of which no weights are known."""
    import tarfile

    (tmp_path / "storages").write_bytes(pickle.dumps(0))
    with tarfile.open(tmp_path / "weights.pth", "w") as archive:
        archive.add(tmp_path / "storages", "storages")
    with pytest.raises(WeightsError, match="neither torch nor safetensors"):
        open_weights(tmp_path / "weights.pth")


STATE = b"}X\x04\x00\x00\x00kindX\x01\x00\x00\x00Os"
NAMES = {
    "storage": b"ctorch\nFloatStorage\n",
    "size": b"ctorch\nSize\n",
    "dict": b"ccollections\nOrderedDict\n",
    "rebuilder": b"ctorch._utils\n_rebuild_tensor_v2\n",
    "parameter": b"ctorch._utils\n_rebuild_parameter\n",
    "stranger": b"cos\nsystem\n",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state", [STATE, b"N" + STATE + b"\x86"], ids=["dict", "slots"])
def test_what_a_name_means_cannot_be_changed(name: str, state: bytes, tmp_path: Path) -> None:
    _zip(tmp_path / "weights.pth", b"\x80\x02" + NAMES[name] + state + b"b.")
    with pytest.raises(WeightsError, match="damaged"):
        open_weights(tmp_path / "weights.pth")
    assert set(vars(pickles.Inert)) == INERT


def test_a_storage_that_is_made_by_a_call_is_refused(tmp_path: Path) -> None:
    """torch would reserve as much memory as it is told."""
    _zip(tmp_path / "weights.pth", b"\x80\x02" + NAMES["storage"] + b"J\xff\xff\xff\x7f\x85R.")
    with pytest.raises(WeightsError, match="not callable"):
        open_weights(tmp_path / "weights.pth")


def _ring() -> Any:
    ring: dict[str, Any] = {}
    ring["x"] = ring
    return ring


def _ladder() -> Any:
    """Few objects and 2 ** 30 ways through them."""
    rung: dict[str, Any] = {}
    for _ in range(30):
        rung = {"a": rung, "b": rung}
    return rung


def _tower() -> Any:
    floor: dict[str, Any] = {}
    for _ in range(5000):
        floor = {"x": floor}
    return floor


@pytest.mark.parametrize("make", [_ring, _ladder])
def test_what_has_no_end_is_given_up(make: Callable[[], Any], tmp_path: Path) -> None:
    _zip(tmp_path / "weights.pth", pickle.dumps(make(), 2))
    with pytest.raises(WeightsError, match="parts within parts"):
        open_weights(tmp_path / "weights.pth")


def test_a_high_tower_is_given_up(tmp_path: Path) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)
    try:
        content = pickle.dumps(_tower(), 2)
    finally:
        sys.setrecursionlimit(limit)
    _zip(tmp_path / "weights.pth", content)
    with pytest.raises(WeightsError, match="parts within parts"):
        open_weights(tmp_path / "weights.pth")


FOREVER = 2**40
# What a tensor claims to be: storage's count, offset, size, strides.
CLAIMS = {
    "beyond its storage": (4, 0, (5,), (1,)),
    "begins beyond its storage": (4, 9, (1,), (1,)),
    "before its storage": (4, -1, (2,), (1,)),
    "backwards": (4, 3, (2,), (-1,)),
    "strides too wide": (4, 0, (2, 2), (FOREVER, 1)),
    "fewer strides": (4, 0, (2, 2), (1,)),
    "one number many times": (4, 0, (10**9,), (0,)),
    "less than nothing": (4, 0, (-2,), (1,)),
    "storage too large": (FOREVER, 0, (4,), (1,)),
    "storage less than nothing": (-4, 0, (4,), (1,)),
}


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("zipped", [True, False])
def test_a_tensor_that_lies_outside_its_storage_is_not_read(claim: str, zipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    _claimed(path, *CLAIMS[claim], zipped=zipped)
    (tensor,) = open_weights(path).tensors.values()
    with pytest.raises(ValueError, match=r"outside its storage|larger than its storage|not all in the file"):
        tensor.read()


def test_an_honest_claim_is_read(tmp_path: Path) -> None:
    for zipped in (True, False):
        _claimed(tmp_path / "weights.pth", 4, 1, (2,), (2,), zipped=zipped)
        (tensor,) = open_weights(tmp_path / "weights.pth").tensors.values()
        assert tensor.read().tolist() == [1.0, 3.0]


def _claimed(
    path: Path, count: int, offset: int, size: tuple[int, ...], strides: tuple[int, ...], *, zipped: bool
) -> None:
    class Kind:
        pass

    class Referring(pickle.Pickler):
        def persistent_id(self, thing: Any) -> Any:
            if not isinstance(thing, Kind):
                return None
            # Saved on a GPU, which is not there when it is read.
            return ("storage", torch.FloatStorage, "0", "cuda:7", count, *([] if zipped else [None]))

    content, raw = io.BytesIO(), struct.pack("<4f", 0, 1, 2, 3)
    rebuild = torch._utils._rebuild_tensor_v2
    Referring(content, 2).dump({"x": Payload(rebuild, Kind(), offset, size, strides, False, OrderedDict())})
    if zipped:
        _zip(path, content.getvalue(), {"0": raw})
    else:
        path.write_bytes(_legacy(content.getvalue(), {"0": struct.pack("<q", 4) + raw}))


def _zip(path: Path, content: bytes, storages: dict[str, bytes] | None = None) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", content)
        for key, raw in (storages or {}).items():
            archive.writestr(f"archive/data/{key}", raw)


def _legacy(content: bytes, storages: dict[str, bytes] | None = None) -> bytes:
    head = [MAGIC, VERSION, {"protocol_version": VERSION, "little_endian": True}]
    keys = pickle.dumps(list(storages or {}), 2)
    return b"".join([*(pickle.dumps(one, 2) for one in head), content, keys, *(storages or {}).values()])


def test_a_pickle_that_numbers_what_it_does_not_hold_takes_no_memory() -> None:
    # A list, to come back to under a number for which gigabytes would be set aside.
    content = b"\x80\x02]r" + struct.pack("<I", 2**30) + b"."
    with pytest.raises(pickle.UnpicklingError, match="numbers more than it could hold"):
        pickles.Unpickler(io.BytesIO(content), pickles.nothing_refers).load()
