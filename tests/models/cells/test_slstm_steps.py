"""The gradient that is written out, against autograd's and against small changes."""

from __future__ import annotations

import torch
from torch.nn.functional import logsigmoid

from foretell.models.cells.slstm_steps import Recurrence

STEPS, BATCH, UNITS = 5, 2, 3


def arguments(scale: float = 1.0) -> list[torch.Tensor]:
    """Additions to the gates, recurrent weights, and a state that has begun."""
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    hidden_BU, cell_BU, stabiliser_BU = (normal(BATCH, UNITS) for _ in range(3))
    normaliser_BU = 1.0 + normal(BATCH, UNITS).abs()
    raw_TBG, recurrent_UG = scale * normal(STEPS, BATCH, 4 * UNITS), normal(UNITS, 4 * UNITS)
    state = hidden_BU, cell_BU, normaliser_BU, stabiliser_BU
    return [each.requires_grad_(each is not stabiliser_BU)
            for each in (raw_TBG, recurrent_UG, *state)]  # fmt: skip


def plain(raw_TBG: torch.Tensor, recurrent_UG: torch.Tensor, *states: torch.Tensor) -> torch.Tensor:
    """Equations (8) to (17) of Beck et al. (2024), a line each."""
    h, c, n, m = states
    hidden = []
    for raw_BG in raw_TBG:
        i, f, z, o = (raw_BG + h @ recurrent_UG).chunk(4, dim=1)
        before, m = m, torch.maximum(logsigmoid(f) + m, i)
        kept = torch.exp(logsigmoid(f) + before - m)
        c = kept * c + torch.exp(i - m) * torch.tanh(z)
        n = kept * n + torch.exp(i - m)
        h = torch.sigmoid(o) * c / n
        hidden.append(h)
    return torch.stack(hidden)


def gradients(function: object, given: list[torch.Tensor]) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    hidden_TBU = function(*given)
    weight_TBU = torch.randn(hidden_TBU.shape, generator=generator, dtype=torch.float64)
    return list(torch.autograd.grad((weight_TBU * hidden_TBU).sum(), given[:-1]))


def test_hidden_states_and_gradients_agree_with_autograd() -> None:
    for scale in (1.0, 30.0):
        given = arguments(scale)
        assert torch.allclose(Recurrence.apply(*given)[0], plain(*given))
        found = gradients(lambda *each: Recurrence.apply(*each)[0], given)
        expected = gradients(plain, given)
        for one, other in zip(found, expected, strict=True):
            assert torch.allclose(one, other, rtol=1e-9, atol=1e-12)


def test_gradients_agree_with_small_changes() -> None:
    def hidden(*given: torch.Tensor) -> torch.Tensor:
        return Recurrence.apply(*given)[0]

    assert torch.autograd.gradcheck(hidden, arguments(), fast_mode=True)


def test_exponents_of_a_thousand_give_finite_gradients() -> None:
    found = gradients(lambda *each: Recurrence.apply(*each)[0], arguments(1_000.0))
    assert all(bool(torch.isfinite(each).all()) for each in found)
