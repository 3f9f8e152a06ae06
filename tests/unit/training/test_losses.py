"""The losses on cases that can be computed by hand."""

import pytest
import torch

from training import losses
from training.critic import Critic, told_apart
from training.trainer import falling


def test_identity_is_zero_for_the_same_vector_and_two_for_its_opposite() -> None:
    vector = torch.nn.functional.normalize(torch.ones(1, 4), dim=1)
    assert losses.identity(vector, vector).item() == pytest.approx(0, abs=1e-6)
    assert losses.identity(vector, -vector).item() == pytest.approx(2)
    assert losses.leftover(vector, vector, 0.1).item() == pytest.approx(0.9)
    assert losses.leftover(vector, -vector, 0.1).item() == 0


def test_only_what_counts_is_compared() -> None:
    a, b, counted = torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4), torch.ones(1, 1, 4, 4)
    b[:, :, :2] = 1
    assert losses.difference(a, b, counted).item() == pytest.approx(0.5)
    counted[:, :, :2] = 0
    assert losses.difference(a, b, counted).item() == 0


def test_coarse_forgives_what_is_finer_than_its_cells() -> None:
    a = torch.zeros(1, 3, 32, 32)
    b = (torch.arange(32) % 2).float().expand(1, 3, 32, 32) - 0.5
    counted = torch.ones(1, 1, 32, 32)
    assert losses.coarse(a, b, counted).item() == pytest.approx(0, abs=1e-6)
    assert losses.coarse(a, a + 0.2, counted).item() == pytest.approx(0.2)


def test_an_even_mask_costs_nothing() -> None:
    mask = torch.full((1, 1, 8, 8), 0.3)
    assert losses.unevenness(mask).item() == 0
    mask[:, :, :, 4:] = 1
    assert losses.unevenness(mask).item() > 0


def test_a_mask_is_cheap_where_faces_lie_and_dear_elsewhere() -> None:
    opened = torch.zeros(2, 1, 128, 128)
    opened[0, :, 60:100, 50:80] = 1
    opened[1, :, :10] = 1
    face, hair = losses.showing(opened)
    assert face.item() == pytest.approx(0.1 * 40 * 30 / 128**2)
    assert hair.item() == pytest.approx(10 / 128)


def test_the_critic_is_content_beyond_its_hinges() -> None:
    assert told_apart(torch.tensor([1.5]), torch.tensor([-2.0])).item() == 0
    assert told_apart(torch.tensor([0.0]), torch.tensor([0.0])).item() == 2
    scores, features = Critic(4)(torch.rand(2, 3, 128, 128))
    assert scores.shape == (2, 1, 8, 8)
    assert [one.shape[1] for one in features] == [4, 8, 16, 16]


def test_the_rate_falls_from_steady_to_the_end() -> None:
    assert falling(0.2, 0.5, 0.05) == 1
    assert falling(0.75, 0.5, 0.05) == pytest.approx(0.525)
    assert falling(1.0, 0.5, 0.05) == pytest.approx(0.05)
    assert falling(2.0, 0.5, 0.05) == pytest.approx(0.05)
