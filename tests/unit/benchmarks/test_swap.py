"""The benchmark of the swap: its arithmetic, and that both ways it measures do swap."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from benchmarks.official.stages import Official
from benchmarks.speed.films import MEDIUM, pictures
from benchmarks.speed.layers import Layer, convolutions, layers, least_of, proven, table
from benchmarks.speed.machine import Roof
from benchmarks.speed.run import Scale, run
from benchmarks.speed.spent import Spent
from torch import nn

from faces.detect import Detector, Picture
from gpu_agent.engines.templates import templates
from gpu_agent.networks.families import GENERATORS, Shape
from gpu_agent.networks.generator import Generator

SMALL = {"size": 32, "widths": [4, 8, 8], "blocks": 1, "latent": 16}


@pytest.fixture(scope="module")
def small() -> Generator:
    torch.manual_seed(0)
    shape = Shape(32, (4, 8, 8), first=1, bounded=True, normalized=False, blocks=1, latent=16)
    return Generator(shape).eval().requires_grad_(False)


@pytest.mark.parametrize(("family", "gflop"), [("simswap-224", 96.24), ("trained-512", 265.97)])
def test_the_arithmetic_of_the_published_generators_is_counted(family: str, gflop: float) -> None:
    shape = GENERATORS[family]
    with torch.device("meta"):
        network = Generator(shape).eval().requires_grad_(False)
    for tensor in (*network.to_empty(device="cpu").parameters(), *network.buffers()):
        tensor.zero_()
    side = shape.size // 7 if shape.size == 224 else shape.size // 8  # the arithmetic goes by its square
    found = layers(network, (torch.zeros(1, 3, side, side), network.styles(torch.zeros(1, 512))), "cpu", 1)
    whole = sum(one.flops for one in found) * (shape.size / side) ** 2
    assert whole / 1e9 == pytest.approx(gflop, rel=0.005)


def test_a_convolution_moves_its_input_its_output_and_its_weights() -> None:
    conv = nn.Conv2d(2, 5, 3, padding=1, bias=False)
    (found,) = layers(nn.Sequential(conv), (torch.zeros(1, 2, 8, 8),), "cpu")
    assert found.flops == 2 * 9 * 2 * 5 * 64
    assert found.moved == 4 * (2 * 64 + 5 * 64 + 9 * 2 * 5)
    assert 0 < found.seconds < 60


def test_a_layer_takes_the_longer_of_arithmetic_and_memory() -> None:
    roof = Roof(flops=100.0, moved=10.0)
    conv = Layer("conv", 400.0, 10.0, seconds=8.0)
    found = [conv, conv, Layer("pad", 0.0, 20.0, seconds=4.0)]
    assert least_of(found, roof) == 4 + 4 + 2
    assert least_of(convolutions(found), roof) == 8
    assert [row["share"] for row in table(found, 1, roof)] == [0.5, 0.5]
    assert proven([Layer("conv", 400.0, 10.0, seconds=2.0)], roof).flops == 200.0


def test_the_published_way_swaps_the_face_and_leaves_the_rest(small: Generator) -> None:
    frame = next(pictures(640, 360, 1, MEDIUM))
    official = Official(small, torch.ones(1, 16), templates(32, ffhq=False), "cpu")
    spent = Spent()
    result = official.swapped(frame, spent)
    assert set(spent.costs) == {"detect", "align", "network", "paste"}
    x, y, width, height = (round(value) for value in Detector().detect(frame)[0].box)
    changed = (result != frame).any(2)
    assert changed[y + height // 3 : y + height // 2, x + width // 3 : x + width // 2].all()
    assert not changed[: y - height].any() and not changed[:, : x - width].any()


def test_the_published_way_tells_of_a_frame_without_a_face(small: Generator) -> None:
    nobody: Picture = np.zeros((360, 640, 3), np.uint8)
    with pytest.raises(LookupError):
        Official(small, torch.ones(1, 16), templates(32, ffhq=False), "cpu").swapped(nobody, Spent())


def test_everything_is_measured(tmp_path: Path) -> None:
    scale = Scale({"720p": 3}, 1, frozenset(["720p"]), laid=(("720p", MEDIUM),))
    report = run(tmp_path, scale, "cpu", 1, {"family": "simswap-224", "shape": json.dumps(SMALL)})
    found = report["films"]["720p"]
    assert set(found["stages"]) == {"decode", "detect, track", "align, paste", "encode"}
    assert set(found["official_stages"]) == {
        "decode", "jpeg", "detect", "align", "network", "paste", "encode",
    }  # fmt: skip
    assert all(row["ms"] > 0 for row in found["stages"].values())
    assert found["times_faster"]["cpu"] > 0 and report["put_back"][0]["times_faster"] > 0
    assert report["generator"]["numbers"] == "float32"
    assert [row["a_second"] > 0 for row in report["generator"]["batches"]] == [True] * 3
