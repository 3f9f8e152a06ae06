"""The compact network through each way that it is run: they make the same."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from contracts.errors import Reason, WeightsError
from gpu_agent.networks.compact_card import OnCard
from gpu_agent.networks.compact_files import folded, load_compact
from gpu_agent.networks.graph import OnProcessor
from tests.packages import lively, small

Floats = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("models"))


def given(count: int) -> tuple[npt.NDArray[np.uint8], Floats]:
    random = np.random.default_rng(3)
    latents = random.standard_normal((count, 128), np.float32)
    crops = random.integers(0, 256, (count, 128, 128, 3), np.uint8)
    return crops, latents / np.linalg.norm(latents, axis=1, keepdims=True)


def decibels(a: Floats, b: Floats) -> float:
    return float(-10 * np.log10(max(1e-12, np.square(a - b).mean())))


def in_torch(
    network: torch.nn.Module, crops: npt.NDArray[np.uint8], latents: Floats
) -> tuple[Floats, Floats]:
    """BGR and mask, 0 to 1."""
    rgb = torch.from_numpy(crops[..., ::-1].copy()).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        new, shown = network(rgb, torch.from_numpy(latents))
    return new.permute(0, 2, 3, 1).flip(3).numpy(), shown[:, 0].numpy()


def test_folding_changes_nothing() -> None:
    crops, latents = given(2)
    network = lively()
    for plain, quick in zip(
        in_torch(network, crops, latents), in_torch(folded(network), crops, latents), strict=True
    ):
        assert plain.std() > 0.02
        assert decibels(plain, quick) > 100


def test_the_graph_is_the_network(weights: Path) -> None:
    """In 32 bits, of the same 16-bit numbers; in batches of any size."""
    onnx.checker.check_model(str(weights.with_suffix(".onnx")))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(weights.with_suffix(".onnx")), options, providers=["CPUExecutionProvider"]
    )
    for count in (1, 3):
        crops, latents = given(count)
        expected, masks = in_torch(load_compact(weights), crops, latents)
        faces = np.ascontiguousarray(crops[..., ::-1].transpose(0, 3, 1, 2), np.float32) / 255
        new, shown = session.run(None, {"faces": faces, "latents": latents})
        assert decibels(new.transpose(0, 2, 3, 1)[..., ::-1], expected) > 90
        assert decibels(shown[:, 0], masks) > 90
        assert masks.std() > 0.02 and expected.std() > 0.02


def test_there_is_one_copy_of_the_numbers(weights: Path) -> None:
    graph = weights.with_suffix(".onnx")
    assert graph.stat().st_size < 16_000
    assert weights.stat().st_size > 2 * sum(one.numel() for one in load_file(weights).values())


def test_pixels_go_in_and_come_out_blue_first(weights: Path) -> None:
    crops, latents = given(3)
    expected, masks = in_torch(load_compact(weights), crops, latents)
    made, shown = OnProcessor(weights.with_suffix(".onnx"), 1).run(crops, latents)
    assert made.dtype == np.uint8 and shown.dtype == np.float32
    assert np.abs(made - expected * 255).max() < 0.51
    assert np.abs(shown - masks).max() < 1e-4


def test_sixteen_bits_make_the_same_to_forty_decibels(weights: Path) -> None:
    """What a GPU computes, on the processor, in its arithmetic."""
    crops, latents = given(2)
    expected, masks = in_torch(load_compact(weights), crops, latents)
    made, shown = OnCard(weights, "cpu").run(crops, latents)
    assert made.dtype == np.uint8 and shown.dtype == np.float32
    assert decibels(made.astype(np.float32) / 255, expected) > 45
    assert decibels(shown, masks) > 45


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU is here")
def test_a_gpu_makes_the_same(weights: Path) -> None:
    crops, latents = given(40)
    expected, masks = in_torch(load_compact(weights), crops, latents)
    made, shown = OnCard(weights, "cuda:0").run(crops, latents)
    assert decibels(made.astype(np.float32) / 255, expected) > 45
    assert decibels(shown, masks) > 45


def changed(path: Path, target: Path, change: dict[str, Tensor | None], metadata: dict[str, str]) -> Path:
    tensors: dict[str, Tensor | None] = {**load_file(path), **change}
    save_file({name: one for name, one in tensors.items() if one is not None}, target, metadata)
    return target


SHAPE = {"family": "compact", "shape": '{"widths": [8, 12, 16], "blocks": 1}'}


@pytest.mark.parametrize(
    ("change", "metadata", "said"),
    [
        ({"head.bias": None}, SHAPE, "head.bias is missing"),
        ({"head.bias": torch.zeros(5)}, SHAPE, "head.bias has the shape 5"),
        ({"tail.bias": torch.zeros(5)}, SHAPE, "tail.bias is in the file"),
        ({"head.bias": torch.full((16,), torch.nan)}, SHAPE, "no finite numbers"),
        ({}, {"family": "compact"}, "no shape"),
        ({}, SHAPE | {"shape": '{"widths": 3, "blocks": 1}'}, "no shape"),
        ({}, SHAPE | {"family": "arcface"}, "arcface"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    weights: Path, tmp_path: Path, change: dict[str, Tensor | None], metadata: dict[str, str], said: str
) -> None:
    path = changed(weights, tmp_path / "changed.safetensors", change, metadata)
    with pytest.raises(WeightsError, match=said) as caught:
        load_compact(path)
    assert caught.value.reason is Reason.BAD_WEIGHTS


def test_want_of_memory_is_said_and_no_torch_is_needed(weights: Path) -> None:
    """Under a limit of addresses a large batch does not fit, and a small one still does."""
    code = """
import sys
sys.modules["torch"] = None
from pathlib import Path
import numpy as np
from gpu_agent.networks.graph import OnProcessor
from sandbox import limits
runner = OnProcessor(Path(sys.argv[1]), 1)
crops, latents = np.zeros((256, 128, 128, 3), np.uint8), np.zeros((256, 128), np.float32)
runner.run(crops[:1], latents[:1])
used = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize")) // 1024
limits.apply(memory_mb=used + 150)
try:
    runner.run(crops, latents)
except MemoryError as error:
    assert error.__cause__ is not None, "the library's own"
    runner.run(crops[:1], latents[:1])
    print("said")
"""
    done = subprocess.run(
        [sys.executable, "-c", code, weights.with_suffix(".onnx")], check=True, capture_output=True, text=True
    )
    assert done.stdout == "said\n"
