"""The PyTorch head agrees with its NumPy twin."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from foretell.models.heads import QuantileHead
from foretell.runtime.heads import QuantileHead as Twin

PRIOR = torch.tensor([[-3.0, -1.0, 0.5, 2.0, 6.0], [-4.0, -2.0, 0.0, 2.0, 4.0]])


def random_head(seed: int, width: int = 7, caution: float = 1.0) -> QuantileHead:
    head = QuantileHead(width, PRIOR, caution)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        head.linear.weight.copy_(torch.randn(head.linear.weight.shape, generator=generator) * 0.4)
    return head


def test_untrained_head_forecasts_the_prior() -> None:
    z_BTHK = QuantileHead(7, PRIOR)(torch.randn(2, 3, 7, generator=torch.Generator()))
    assert z_BTHK.shape == (2, 3, 2, 5)
    assert torch.allclose(z_BTHK, PRIOR.expand(2, 3, 2, 5), atol=1e-6)


@given(st.integers(0, 2**31 - 1))
def test_quantiles_increase_whatever_the_weights(seed: int) -> None:
    seen_BTD = torch.randn(2, 3, 7, generator=torch.Generator().manual_seed(seed))
    assert bool((random_head(seed)(seen_BTD).diff(dim=-1) > 0.0).all())


@given(st.integers(0, 2**31 - 1))
def test_head_agrees_with_its_twin(seed: int) -> None:
    head = random_head(seed)
    seen_BD = torch.randn(6, 7, generator=torch.Generator().manual_seed(seed + 1))
    twin = Twin(head.linear.weight.detach().numpy().T[None], PRIOR.numpy())
    seen_MS1D = torch.cat([seen_BD, torch.ones(6, 1)], dim=1)[None, :, None].numpy()
    expected = head(seen_BD[None])[0].detach().numpy()
    assert twin.step(twin.start(seen_MS1D)) == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_head_has_no_bias() -> None:
    z_BTHK = random_head(0)(torch.zeros(1, 1, 7))
    assert torch.allclose(z_BTHK[0, 0], PRIOR, atol=1e-6)


def test_gaps_are_added_in_single_precision_under_autocast() -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        z_BTHK = QuantileHead(7, PRIOR * 1.001)(torch.ones(1, 1, 7))
    assert z_BTHK.dtype == torch.float32
    assert np.abs(z_BTHK[0, 0].detach().numpy() - 1.001 * PRIOR.numpy()).max() < 1e-5


def test_trained_head_moves_its_median_with_caution_and_its_gaps_in_full() -> None:
    head, seen_BTD = random_head(1, caution=0.5), torch.ones(1, 1, 7)
    bold_HK = head(seen_BTD)[0, 0]
    cautious_HK = head.eval()(seen_BTD)[0, 0]
    expected_H = PRIOR[:, 2] + 0.5 * (bold_HK[:, 2] - PRIOR[:, 2])
    assert torch.allclose(cautious_HK[:, 2], expected_H, atol=1e-6)
    assert torch.allclose(cautious_HK.diff(dim=1), bold_HK.diff(dim=1), atol=1e-6)
    assert (bold_HK[:, 2] - PRIOR[:, 2]).abs().min() > 0.05
