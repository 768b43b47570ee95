"""The pinball loss by hand, its unknown targets, and its gradient."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from foretell.forecast import pinball
from foretell.training.losses import PinballLoss

LEVELS = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)
NAN = float("nan")


def loss(weights: list[float]) -> PinballLoss:
    return PinballLoss(LEVELS, torch.tensor(weights, dtype=torch.float64))


def case(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    q_BTHK = torch.randn(2, 5, 2, 3, generator=generator, dtype=torch.float64)
    return q_BTHK, torch.randn(2, 5, 2, generator=generator, dtype=torch.float64)


def test_loss_by_hand() -> None:
    # Target 2; quantiles 1, 2, 4: .1 * 1, nothing, .1 * 2; their mean is .1.
    q_BTHK = torch.tensor([[[[1.0, 2.0, 4.0]]]], dtype=torch.float64)
    z_BTH = torch.tensor([[[2.0]]], dtype=torch.float64)
    assert float(loss([1.0])(q_BTHK, z_BTH)) == pytest.approx((0.1 + 0.0 + 0.2) / 3.0)


def test_quantile_on_the_wrong_side_costs_more() -> None:
    # Target 0; the 10% quantile at 1 costs .9, the 90% quantile at -1 costs .9.
    q_BTHK = torch.tensor([[[[1.0, 0.0, -1.0]]]], dtype=torch.float64)
    z_BTH = torch.zeros(1, 1, 1, dtype=torch.float64)
    assert float(loss([1.0])(q_BTHK, z_BTH)) == pytest.approx(1.8 / 3.0)


def test_horizons_are_weighted() -> None:
    q_BTHK = torch.zeros(1, 1, 2, 3, dtype=torch.float64)
    z_BTH = torch.tensor([[[1.0, 2.0]]], dtype=torch.float64)
    mean = 0.5  # of the levels
    expected = (0.5 * 1.0 * mean + 1.5 * 2.0 * mean) / 2.0
    assert float(loss([0.5, 1.5])(q_BTHK, z_BTH)) == pytest.approx(expected)


def test_unknown_targets_have_no_loss_and_no_weight() -> None:
    q_BTHK, z_BTH = case()
    z_BTH[0, 1:3] = NAN
    z_BTH[1, 4, 1] = NAN
    known = torch.isfinite(z_BTH)
    value = loss([1.0, 1.0])(q_BTHK, z_BTH)
    alone = loss([1.0])(q_BTHK[known][None, :, None], z_BTH[known][None, :, None])
    assert float(value) == pytest.approx(float(alone))


def test_unknown_targets_have_no_gradient() -> None:
    q_BTHK, z_BTH = case()
    z_BTH[0, 1:3] = NAN
    q_BTHK.requires_grad_()
    torch.autograd.backward(loss([1.0, 2.0])(q_BTHK, z_BTH))
    assert not q_BTHK.grad[0, 1:3].any()
    assert q_BTHK.grad[0, 0].all()


def test_batch_without_a_known_target_sums_to_nothing() -> None:
    q_BTHK, z_BTH = case()
    total, weight = loss([1.0, 2.0]).sums(q_BTHK, torch.full_like(z_BTH, NAN))
    assert (float(total), float(weight)) == (0.0, 0.0)


def test_sums_add_up_over_batches() -> None:
    q_BTHK, z_BTH = case()
    measure = loss([1.0, 2.0])
    whole = measure.sums(q_BTHK, z_BTH)
    parts = [measure.sums(q_BTHK[[n]], z_BTH[[n]]) for n in range(2)]
    for number in range(2):
        assert float(whole[number]) == pytest.approx(float(parts[0][number] + parts[1][number]))


def test_loss_is_that_by_which_forecasts_are_judged() -> None:
    q_BTHK, z_BTH = case(3)
    judged = pinball(z_BTH.numpy(), q_BTHK.numpy(), LEVELS.numpy()).mean()
    assert float(loss([1.0, 1.0])(q_BTHK, z_BTH)) == pytest.approx(float(judged))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradient_equals_finite_differences(seed: int) -> None:
    q_BTHK, z_BTH = case(seed)
    z_BTH[0, 2, 1] = NAN
    measure = loss([0.7, 1.3])
    q_BTHK.requires_grad_()
    torch.autograd.backward(measure(q_BTHK, z_BTH))
    gradient, numeric = q_BTHK.grad.numpy(), np.zeros(q_BTHK.shape)
    for place in np.ndindex(*q_BTHK.shape):
        step = torch.zeros_like(q_BTHK)
        step[place] = 1e-6
        with torch.no_grad():
            rise = measure(q_BTHK + step, z_BTH) - measure(q_BTHK - step, z_BTH)
        numeric[place] = float(rise) / 2e-6
    assert gradient == pytest.approx(numeric, abs=1e-8)
    assert np.abs(gradient).max() > 0.01


def test_loss_is_lowest_at_the_quantiles_of_the_target() -> None:
    z_BTH = torch.linspace(0.0, 1.0, 10_001, dtype=torch.float64)[None, :, None]
    at = [torch.tensor([0.1, 0.5, 0.9]), torch.tensor([0.2, 0.5, 0.9]), torch.tensor([0.1, 0.4, 1])]
    values = [float(loss([1.0])(q.double().expand(1, 10_001, 1, 3), z_BTH)) for q in at]
    assert values[0] < min(values[1:])
