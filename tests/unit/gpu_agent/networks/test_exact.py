"""The networks against an evaluation written anew in numpy, and the ways to run them against the plain one."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gpu_agent.networks.card import halved, swapped
from gpu_agent.networks.families import GENERATORS, IDENTITY
from gpu_agent.networks.folded import folded
from gpu_agent.networks.generator import Generator
from gpu_agent.networks.identity import IdentityNetwork
from gpu_agent.networks.loading import load_generator, load_identity
from gpu_agent.networks.rows import Rows
from gpu_agent.networks.running import OnProcessor
from gpu_agent.networks.winograd import Winograd, Workspace
from gpu_agent.weights.layouts import layout_of
from tests.unit.gpu_agent.networks import lively, reference

FAMILIES = list(GENERATORS)
MILLIONS = {
    "simswap-224": 55.1,
    "trained-224": 55.1,
    "simswap-512": 55.1,
    "trained-512": 59.8,
    IDENTITY: 52.2,
}
CLOSE = 1e-4
CLEAR = 60.0  # dB


def decibels(a: Tensor, b: Tensor, peak: float = 1.0) -> float:
    error = (a.double() - b.double()).square().mean()
    return float(10 * torch.log10(peak**2 / error))


def faces(count: int, side: int) -> Tensor:
    """Pictures with large shapes and small ones, (count, 3, side, side), 0 to 1."""
    random = torch.Generator().manual_seed(7)
    layers = [torch.rand(count, 3, size, size, generator=random) for size in (side // 8, side)]
    large = nn.functional.interpolate(layers[0], (side, side), mode="bicubic")
    return (0.8 * large + 0.2 * layers[1]).clamp(0, 1)


def latents(count: int, length: int) -> Tensor:
    random = torch.Generator().manual_seed(8)
    return nn.functional.normalize(torch.randn(count, length, generator=random))


def crops(count: int, side: int) -> np.ndarray:
    return np.asarray((faces(count, side).permute(0, 2, 3, 1) * 255).round().byte().numpy())


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def generator(family: str, tmp_path_factory: pytest.TempPathFactory) -> Generator:
    """A narrow and short network of each family, as it is loaded."""
    path = tmp_path_factory.mktemp("weights") / "generator.safetensors"
    return load_generator(lively.write_file(path, lively.SMALL[family]))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    """The network for 224 pixels in its full width and length."""
    path = tmp_path_factory.mktemp("weights") / "generator.safetensors"
    return load_generator(lively.write_file(path, {"family": "simswap-224"}))


def held_against_numpy(network: Generator, metadata: Mapping[str, str], count: int, side: int) -> None:
    state, given, who = lively.state(metadata), faces(count, side), latents(count, network.shape.latent)
    with torch.inference_mode():
        made = network(given, network.styles(who))
    for face, latent, result in zip(given, who, made, strict=True):
        expected = reference.generator(
            state,
            face.double().numpy(),
            latent.double().numpy(),
            trained_later="trained" in metadata["family"],
        )
        assert expected.std() > 0.01
        assert np.abs(expected - result.numpy()).max() < CLOSE


@pytest.mark.parametrize("name", MILLIONS)
def test_the_names_and_shapes_are_those_of_published_files(name: str) -> None:
    with torch.device("meta"):
        network = IdentityNetwork() if name == IDENTITY else Generator(GENERATORS[name])
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    assert list(shapes.items()) == list(layout_of({"family": name}).items())
    assert round(sum(value.numel() for value in network.parameters()) / 1e6, 1) == MILLIONS[name]


def test_each_family_equals_the_evaluation_in_numpy(family: str, generator: Generator) -> None:
    held_against_numpy(generator, lively.SMALL[family], 2, 48)


def test_the_published_network_equals_the_evaluation_in_numpy(published: Generator) -> None:
    held_against_numpy(published, {"family": "simswap-224"}, 1, 32)


def test_the_identity_network_equals_the_evaluation_in_numpy(tmp_path: Path) -> None:
    network = load_identity(lively.write_file(tmp_path / "identity.safetensors", lively.SMALL_IDENTITY))
    state, given = lively.state(lively.SMALL_IDENTITY), faces(2, 112)
    with torch.inference_mode():
        made = network(given)
        turned = network(given.contiguous(memory_format=torch.channels_last))
    for face, vector in zip(given, made, strict=True):
        assert np.abs(reference.identity(state, face.double().numpy()) - vector.numpy()).max() < CLOSE
    assert torch.allclose(made, turned, atol=1e-5)
    assert torch.allclose(made.norm(dim=1), torch.ones(2))


def test_folding_changes_nothing(generator: Generator) -> None:
    given, who = faces(2, 64), latents(2, generator.shape.latent)
    quick = folded(generator)
    assert not quick.shape.normalized  # its convolutions see to that
    assert not [part for part in quick.modules() if isinstance(part, nn.BatchNorm2d)]
    assert all(block.conv1[1].bias is None for block in quick.blocks())
    with torch.inference_mode():
        plain = generator(given, generator.styles(who))
        assert decibels(quick(given, quick.styles(who)), plain) > CLEAR


def test_sixteen_bits_are_clear(generator: Generator) -> None:
    """The arithmetic of a GPU, done by the processor."""
    given, who = faces(2, 64), latents(2, generator.shape.latent)
    with torch.inference_mode():
        plain = generator(given, generator.styles(who))
        half = halved(folded(generator))(given.half(), generator.styles(who))
    assert half.dtype == torch.float16
    assert decibels(half, plain) > CLEAR


def test_the_published_network_is_clear_in_sixteen_bits(published: Generator) -> None:
    given, who = faces(1, 32), latents(1, 512)
    with torch.inference_mode():
        plain = published(given, published.styles(who))
        assert decibels(halved(folded(published))(given.half(), published.styles(who)), plain) > CLEAR


def test_pixels_go_in_and_come_out_as_they_are_stored(generator: Generator) -> None:
    """Blue first, rounded, each face with the identity that is its own."""
    given, who = crops(3, 64), latents(3, generator.shape.latent)
    rgb = torch.from_numpy(given[..., ::-1].copy()).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        styles = generator.styles(who)
        plain = (generator(rgb, styles).permute(0, 2, 3, 1).flip(3) * 255).numpy()
        made = OnProcessor(generator).run(given, [*styles])
        sixteen = swapped(halved(folded(generator)), torch.from_numpy(given), styles).numpy()
    assert made.shape == given.shape and made.dtype == np.uint8
    assert np.abs(made - plain).max() < 0.51
    assert np.abs(sixteen - plain).max() < 2


def test_the_processors_way_through_the_published_network_is_clear(published: Generator) -> None:
    """Convolutions by tiles, and the wide ends a face at a time."""
    given, who = faces(2, 32), latents(2, 512)
    runner = OnProcessor(published)
    kinds = [type(part) for part in runner._network.modules()]
    assert kinds.count(Winograd) == 18 + 2 and kinds.count(Rows) == 1
    with torch.inference_mode():
        plain = published(given, published.styles(who))
        quick = runner._network(given, runner.styles(who))
    assert decibels(quick, plain) > CLEAR


@pytest.mark.parametrize(
    ("count", "high", "wide", "padding"), [(3, 8, 12, 1), (1, 68, 64, 1), (9, 10, 14, 0), (2, 9, 8, 1)]
)
def test_convolving_by_tiles_is_convolving(count: int, high: int, wide: int, padding: int) -> None:
    torch.manual_seed(2)
    conv = nn.Conv2d(5, 7, 3, padding=padding, bias=padding == 1)
    given = torch.randn(count, 5, high, wide)
    with torch.inference_mode():
        assert torch.allclose(Winograd.of(conv, Workspace())(given), conv(given), atol=2e-5)


@pytest.mark.parametrize("bias", [True, False])
def test_convolving_row_by_row_is_convolving(bias: bool) -> None:
    torch.manual_seed(3)
    conv = nn.Conv2d(9, 3, 7, bias=bias)
    given = torch.randn(2, 9, 12, 17)
    with torch.inference_mode():
        assert torch.allclose(Rows.of(conv)(given), conv(given), atol=2e-5)
