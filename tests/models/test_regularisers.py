"""Each regulariser: its mask, its expectation, nothing in evaluation, and a gradient that flows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from foretell.models.cells import CELLS, Cell
from foretell.models.regularisers import LockedDropout, WeightDrop, WordDropout, dropout_of

SHARE = 0.4
KEPT = 1.0 / (1.0 - SHARE)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def cell(kind: str = "lstm") -> Cell:
    return CELLS[kind](5, 6)


# -- locked dropout ------------------------------------------------------------------------


def same_at_every_step(dropout: nn.Module) -> bool:
    dropped_BTD = dropout(torch.ones(4, 7, 50))
    return bool((dropped_BTD == dropped_BTD[:, :1]).all())


def test_a_locked_mask_is_the_same_at_every_step() -> None:
    assert same_at_every_step(LockedDropout(SHARE))


def test_ordinary_dropout_is_told_apart() -> None:
    assert not same_at_every_step(nn.Dropout(SHARE))


def test_every_stream_and_every_passage_has_a_mask_of_its_own() -> None:
    dropout = LockedDropout(SHARE)
    first, second = dropout(torch.ones(2, 1, 50)), dropout(torch.ones(2, 1, 50))
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first, second)


def test_locked_dropout_drops_its_share_and_makes_up_for_it() -> None:
    dropped = LockedDropout(SHARE)(torch.ones(200, 1, 500))
    assert dropped.unique().tolist() == pytest.approx([0.0, KEPT])
    assert float((dropped == 0).float().mean()) == pytest.approx(SHARE, abs=0.01)
    assert float(dropped.mean()) == pytest.approx(1.0, abs=0.02)


def test_dropout_is_of_either_kind() -> None:
    assert isinstance(dropout_of(SHARE, locked=True), LockedDropout)
    assert isinstance(dropout_of(SHARE, locked=False), nn.Dropout)


# -- word dropout ----------------------------------------------------------------------------


def test_a_dropped_word_is_gone_everywhere_in_the_passage() -> None:
    weight_VE = torch.rand(30, 8) + 1.0
    category_BT = torch.randint(30, (16, 40))
    embedded_BTE = WordDropout(SHARE)(weight_VE, category_BT)
    gone = []
    for category in range(30):
        found_NE = embedded_BTE[category_BT == category]
        gone.append(bool((found_NE == 0).all()))
        expected = torch.zeros(8) if gone[-1] else weight_VE[category] * KEPT
        assert torch.allclose(found_NE, expected.expand_as(found_NE))
    assert 0 < sum(gone) < 30


def test_word_dropout_keeps_the_expectation() -> None:
    dropout, weight_VE = WordDropout(SHARE), torch.ones(1000, 1)
    every_BT = torch.arange(1000)[None]
    mean = torch.stack([dropout(weight_VE, every_BT).mean() for _ in range(50)]).mean()
    assert float(mean) == pytest.approx(1.0, abs=0.02)


# -- weight drop -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(CELLS))
def test_every_cell_names_its_recurrent_weights(kind: str) -> None:
    """At the first step the hidden state is zero, and so is their gradient, and theirs alone."""
    layer = cell(kind)
    torch.autograd.backward(layer(torch.randn(2, 1, 5))[0].square().sum())
    matrices = {name: each for name, each in layer.named_parameters() if each.ndim > 1}
    idle = [name for name, each in matrices.items() if not each.grad.any()]
    assert idle == [layer.recurrent]


def test_dropped_weights_are_those_that_the_cell_runs_with() -> None:
    """As when the weights that one draw leaves are written into the cell."""
    layer, x_BTD = cell(), torch.randn(3, 4, 5)
    torch.manual_seed(7)
    hidden_BTU, states = WeightDrop(SHARE)(layer, x_BTD, None)
    torch.manual_seed(7)
    left = nn.functional.dropout(layer.get_parameter(layer.recurrent).detach(), SHARE)
    layer.get_parameter(layer.recurrent).data = left
    expected_BTU, after = layer(x_BTD)
    assert torch.equal(hidden_BTU, expected_BTU)
    assert all(map(torch.equal, states, after))


def test_the_cell_itself_keeps_its_weights() -> None:
    layer = cell()
    before = [each.clone() for each in layer.parameters()]
    WeightDrop(SHARE)(layer, torch.randn(3, 4, 5), None)
    assert all(map(torch.equal, before, layer.parameters()))


def test_only_weights_that_are_left_learn() -> None:
    layer = cell()
    hidden_BTU, _ = WeightDrop(SHARE)(layer, torch.randn(3, 4, 5), None)
    torch.autograd.backward(hidden_BTU.square().sum())
    gradient = layer.get_parameter(layer.recurrent).grad
    assert gradient is not None
    assert float((gradient == 0).float().mean()) == pytest.approx(SHARE, abs=0.15)
    assert all(each.grad is not None for each in layer.parameters())


# -- all -------------------------------------------------------------------------------------


CALLS: dict[str, Callable[[float], tuple[nn.Module, Callable[[nn.Module], torch.Tensor]]]] = {
    "locked": lambda share: (LockedDropout(share), lambda each: each(X_BTD)),
    "word": lambda share: (WordDropout(share), lambda each: each(WEIGHT_VE, CATEGORY_BT)),
    "weight": lambda share: (WeightDrop(share), lambda each: each(LAYER, X_BTD, None)[0]),
}
X_BTD = torch.randn(3, 4, 5)
WEIGHT_VE = torch.randn(9, 5)
CATEGORY_BT = torch.randint(9, (3, 4))
LAYER = cell()


@pytest.mark.parametrize("name", CALLS)
def test_nothing_is_dropped_in_evaluation(name: str) -> None:
    module, call = CALLS[name](SHARE)
    idle, _ = CALLS[name](0.0)
    assert not torch.equal(call(module), call(idle))
    assert torch.equal(call(module.eval()), call(idle))


@pytest.mark.parametrize("name", CALLS)
def test_a_share_of_zero_draws_nothing(name: str) -> None:
    module, call = CALLS[name](0.0)
    before = torch.get_rng_state()
    call(module)
    assert torch.equal(before, torch.get_rng_state())
