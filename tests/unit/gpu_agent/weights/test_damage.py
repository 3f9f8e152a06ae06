"""Damaged and wrong files are refused with a sentence that says what is wrong, and with which key."""

import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from contracts.errors import Reason, WeightsError
from gpu_agent.networks.families import GENERATORS, IdentityShape
from gpu_agent.networks.generator import Generator
from gpu_agent.networks.identity import IdentityNetwork
from gpu_agent.weights.conversion import Conversion, convert
from gpu_agent.weights.fitting import check_fit, family_of, numbers_of
from gpu_agent.weights.layouts import families_known, generator_layout, identity_layout, layout_of, role_of
from gpu_agent.weights.sources import open_weights
from tests.unit.gpu_agent.weights.made import LAYOUT, WRITERS, small_generator

UNKNOWN = "0" * 64
BOTH = ["state dict", "state dict before zip"]


@pytest.mark.parametrize("family", GENERATORS)
def test_the_layout_of_a_generator_is_that_of_the_network(family: str) -> None:
    with torch.device("meta"):
        network = Generator(GENERATORS[family])
    layout = layout_of({"family": family})
    assert list(layout.items()) == [
        (name, tuple(value.shape)) for name, value in network.state_dict().items()
    ]
    assert len(layout) == (123 if family.endswith("224") else 137)


def test_the_layout_of_the_identity_network_is_that_of_the_network() -> None:
    with torch.device("meta"):
        network = IdentityNetwork()
    layout = layout_of({"family": "arcface"})
    assert layout == {name: tuple(value.shape) for name, value in network.state_dict().items()}
    assert len(layout) == 796


def test_every_family_has_a_role() -> None:
    assert {family: role_of(family) for family in families_known()} == {
        **dict.fromkeys(GENERATORS, "generator"),
        "arcface": "identity",
    }


def _published(family: str) -> dict[str, Tensor]:
    """A state dict of the published size that takes no room: each tensor is one number, over and over."""
    return {
        name: torch.zeros((), dtype=torch.int64 if not shape else torch.float32).expand(shape)
        for name, shape in layout_of({"family": family}).items()
    }


@pytest.mark.parametrize("family", [*GENERATORS, "arcface"])
def test_a_family_is_known_by_its_names_where_they_tell(family: str, tmp_path: Path) -> None:
    torch.save(_published(family), tmp_path / "weights.pth")
    tensors = open_weights(tmp_path / "weights.pth").tensors
    check_fit(tensors, layout_of({"family": family}), family)
    if family.endswith("-224"):
        with pytest.raises(WeightsError, match="Say which it is") as refused:
            family_of(tensors, UNKNOWN)
        assert refused.value.reason is Reason.WEIGHTS_UNCLEAR
        assert refused.value.detail["families"] == ["simswap-224", "trained-224"]
    else:
        assert family_of(tensors, UNKNOWN) == family


def test_the_official_file_is_known_by_its_sum() -> None:
    official = "24caf144e9aabd5acd1127b06f13ed3528240adb9e747d77a94ac3f33e672330"
    assert family_of(dict.fromkeys(["BottleNeck.0.conv1.1.weight"]), official) == "simswap-224"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "told", "key"),
    [
        ("trained-512", "simswap-512", "first_layer.1.weight"),
        ("simswap-512", "trained-512", "first_layer.1.weight"),
        ("trained-512", "simswap-224", "down4.0.weight"),
        ("simswap-224", "trained-512", "down4.0.weight"),
        ("arcface", "simswap-224", "first_layer.1.weight"),
        ("simswap-224", "arcface", "conv1.weight"),
    ],
)
def test_a_wrong_family_names_the_first_key_that_does_not_fit(
    given: str, told: str, key: str, tmp_path: Path
) -> None:
    torch.save(_published(given), tmp_path / "weights.pth")
    tensors = open_weights(tmp_path / "weights.pth").tensors
    with pytest.raises(WeightsError, match=key) as refused:
        check_fit(tensors, layout_of({"family": told}), told)
    assert refused.value.reason is Reason.BAD_WEIGHTS
    assert refused.value.detail["key"] == key
    assert f"those of {given}" in refused.value.message


def _refused(state: Mapping[str, Tensor], path: Path) -> WeightsError:
    torch.save(dict(state), path)
    tensors = open_weights(path).tensors
    with pytest.raises(WeightsError) as refused:
        check_fit(tensors, LAYOUT, "simswap-224")
        for name, tensor in tensors.items():
            numbers_of(name, tensor)
    assert refused.value.reason is Reason.BAD_WEIGHTS
    return refused.value


def test_the_first_missing_key_is_named(tmp_path: Path) -> None:
    state = small_generator().state_dict()
    del state["up1.1.bias"], state["BottleNeck.0.style1.linear.bias"]
    error = _refused(state, tmp_path / "weights.pth")
    assert error.detail["key"] == "BottleNeck.0.style1.linear.bias"
    assert "missing" in error.message


def test_a_key_too_many_is_named(tmp_path: Path) -> None:
    state = small_generator().state_dict() | {"down9.0.weight": torch.ones(1)}
    assert "down9.0.weight" in _refused(state, tmp_path / "weights.pth").message


def test_the_first_shape_that_differs_is_named_with_both(tmp_path: Path) -> None:
    state = small_generator().state_dict() | {"down2.0.weight": torch.ones(4, 3, 5, 5)}
    error = _refused(state, tmp_path / "weights.pth")
    assert error.detail["key"] == "down2.0.weight"
    assert "4 x 3 x 5 x 5" in error.message
    assert "4 x 3 x 3 x 3" in error.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("down1.0.bias", [1.0, float("nan"), 0.0]),
        ("down1.0.bias", [1.0, float("inf"), 0.0]),
        ("down1.1.running_var", [1.0, -0.5, 1.0]),
        ("down1.0.bias", [1, 2, 3]),
    ],
)
def test_values_that_are_no_weights_are_refused(name: str, value: list[float], tmp_path: Path) -> None:
    state = small_generator().state_dict() | {name: torch.tensor(value)}
    assert _refused(state, tmp_path / "weights.pth").detail["key"] == name


def test_doubles_beyond_floats_are_refused(tmp_path: Path) -> None:
    state = small_generator().state_dict() | {"down1.0.bias": torch.full((3,), 1e300, dtype=torch.float64)}
    assert _refused(state, tmp_path / "weights.pth").detail["key"] == "down1.0.bias"


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:24ca\nsize 220243703\n", "git lfs pull"),
        (b"<!DOCTYPE html><html>Quota exceeded</html>", "web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "neither torch nor safetensors"),
        (b"\x08\x07\x12\x07pytorch" + bytes(100), "neither torch nor safetensors"),
        (b"PK\x03\x04" + bytes(100), "cannot be read"),
        (b"\x10\x00\x00\x00\x00\x00\x00\x00{not json at all", "cannot be read"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff{}", "cannot be read"),
    ],
)
def test_what_is_no_file_of_weights_is_told_apart(content: bytes, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=cause) as refused:
        open_weights(path)
    assert refused.value.reason is Reason.BAD_WEIGHTS


@pytest.mark.parametrize("writer", BOTH)
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.7, 0.99])
def test_a_file_that_is_cut_off_is_refused(writer: str, kept: float, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    WRITERS[writer](small_generator(), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(WeightsError) as refused:
        _read_all(path)
    assert refused.value.reason is Reason.BAD_WEIGHTS


def _read_all(path: Path) -> None:
    tensors = open_weights(path).tensors
    check_fit(tensors, LAYOUT, "simswap-224")
    for name, tensor in tensors.items():
        numbers_of(name, tensor)


def test_a_flipped_bit_is_noticed_by_the_key_that_it_is_in(tmp_path: Path) -> None:
    path, network = tmp_path / "weights.pth", small_generator()
    torch.save(network.state_dict(), path)
    content, number = bytearray(path.read_bytes()), network.state_dict()["up2.1.weight"].numpy().tobytes()
    content[content.index(number) + 5] ^= 4
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"up2\.1\.weight cannot be read: .*checksum"):
        _read_all(path)


@pytest.mark.parametrize("writer", [*BOTH, "module", "safetensors"])
def test_random_damage_is_refused_or_harmless(writer: str, tmp_path: Path) -> None:
    path, draw = tmp_path / "weights.pth", random.Random(5)
    WRITERS[writer](small_generator(), path)
    content = path.read_bytes()
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(draw.randint(1, 8)):
            # Most of what there is to know lies at either end.
            span = draw.choice([2000, len(content)])
            damaged[draw.randrange(-span, span) % len(content)] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            _read_all(path)
        except WeightsError as error:
            assert error.reason is Reason.BAD_WEIGHTS


def test_a_file_that_was_packed_again_is_told_apart(tmp_path: Path) -> None:
    path, packed = tmp_path / "weights.pth", tmp_path / "packed.pth"
    torch.save(small_generator().state_dict(), path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with pytest.raises(WeightsError, match="packed again"):
        open_weights(packed)


@pytest.mark.parametrize(
    "shape",
    [
        "1",
        "[]",
        '{"widths": 4}',
        '{"widths": []}',
        '{"widths": [2, -3]}',
        '{"widths": ["2"]}',
        '{"blocks": 1000000000}',
        '{"blocks": true}',
        '{"blocks": [1]}',
        '{"colors": 3}',
        "no JSON",
    ],
)
def test_a_shape_that_no_network_has_is_refused(shape: str, tmp_path: Path) -> None:
    metadata = {"family": "simswap-224", "shape": shape}
    save_file({"x": torch.ones(1)}, tmp_path / "weights.safetensors", metadata=metadata)
    wanted = Conversion(
        source=tmp_path / "weights.safetensors", target=tmp_path / "kept", commercial=False, license=""
    )
    with pytest.raises(WeightsError, match="no network that is known") as refused:
        convert(wanted)
    assert refused.value.reason is Reason.BAD_WEIGHTS


def test_small_networks_have_layouts_too() -> None:
    shape = IdentityShape(depths=(1, 1, 1, 1), widths=(16, 16, 16, 16), latent=8)
    with torch.device("meta"):
        network = IdentityNetwork(shape)
    assert identity_layout(shape) == {
        name: tuple(value.shape) for name, value in network.state_dict().items()
    }
    assert generator_layout(GENERATORS["simswap-512"]) == layout_of({"family": "simswap-512"})
