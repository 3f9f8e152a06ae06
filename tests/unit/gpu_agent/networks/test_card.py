"""The way through an NVIDIA GPU against the plain one. Needs such a GPU."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gpu_agent.networks.card import OnCard
from gpu_agent.networks.families import GENERATORS
from gpu_agent.networks.generator import Generator
from gpu_agent.networks.loading import load_generator
from gpu_agent.networks.running import OnProcessor, runner_for
from tests.unit.gpu_agent.networks import lively
from tests.unit.gpu_agent.networks.test_exact import CLEAR, crops, decibels, latents

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU is here")
DEVICE = "cuda:0"


@pytest.fixture(scope="module", params=[*GENERATORS, "published"])
def generator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator:
    metadata = lively.SMALL.get(request.param, {"family": "simswap-224"})
    path: Path = tmp_path_factory.mktemp("weights") / "generator"
    return load_generator(lively.write_file(path, metadata))


def test_it_makes_what_the_processor_makes(generator: Generator) -> None:
    """In batches of every kind: one, between two sizes, several parts; over and over."""
    card, plain = runner_for(generator, DEVICE), OnProcessor(generator)
    assert isinstance(card, OnCard)
    size = generator.shape.size
    for count in (1, 3, 16, 70 if size < 100 else 34, 3):
        given, who = crops(count, size), latents(count, generator.shape.latent)
        made = card.run(given, [*card.styles(who.to(DEVICE))])
        expected = plain.run(given[:3], [*plain.styles(who[:3])])
        assert made.shape == given.shape
        assert (
            decibels(torch.from_numpy(made[:3]), torch.from_numpy(expected), 255) > CLEAR - 8
        )  # both are rounded
        assert np.abs(made[:3].astype(int) - expected).max() <= 8
        assert (made == card.run(given, [*card.styles(who.to(DEVICE))])).all()


def test_each_face_gets_its_own_identity_in_every_part(generator: Generator) -> None:
    card = OnCard(generator, DEVICE)
    size = generator.shape.size
    given = np.repeat(crops(1, size), 34, axis=0)
    styles = [*card.styles(latents(2, generator.shape.latent).to(DEVICE))]
    made = card.run(given, [styles[place % 2] for place in range(34)])
    assert (made[0] == made[32]).all() and (made[1] == made[33]).all()
    assert (made[0] != made[1]).any()


def test_want_of_memory_is_said_and_a_smaller_batch_still_works(generator: Generator) -> None:
    card = OnCard(generator, DEVICE)
    size = generator.shape.size
    given, who = crops(32, size), latents(1, generator.shape.latent)
    styles = [*card.styles(who.to(DEVICE))] * 32
    expected = card.run(given[:1], styles[:1])
    torch.cuda.set_per_process_memory_fraction(1e-9)
    try:
        with pytest.raises(MemoryError):
            card.run(given, styles)
        assert (card.run(given[:1], styles[:1]) == expected).all()
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
