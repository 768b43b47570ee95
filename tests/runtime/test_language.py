"""The language network in NumPy: agrees with PyTorch, and looks at nothing that comes later."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from foretell import models, runtime
from foretell.models import Regularisation, Stack, language_weights

CATEGORIES = 7


def network(layers: int = 1, *, tied: bool = False, cell: str = "lstm") -> models.Language:
    """Large weights, so that everything matters."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        stack = Stack(cell, 6, 6, layers, 0.0)
        net = models.Language(torch.zeros(CATEGORIES), stack, Regularisation(), tied=tied).eval()
        for parameter in net.parameters():
            parameter.data.uniform_(-0.9, 0.9)
    return net


def wide() -> dict[str, np.ndarray]:
    """Wide enough that a product of few rows is summed in another order than one of many."""
    rng = np.random.default_rng(4)
    shapes = {
        "embedding": (CATEGORIES, 5), "lstm.0.weight": (1, 5 + 50, 200), "lstm.0.bias": (1, 200),
        "readout.weight": (50, 64), "readout.bias": (64,),
    }  # fmt: skip
    return {name: rng.normal(0, 0.3, shape).astype("f4") for name, shape in shapes.items()}


def text(length: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(CATEGORIES, size=length)


@pytest.fixture(scope="module")
def language() -> runtime.Language:
    return runtime.Language(language_weights(network()))


def torchs_logits(net: models.Language, category_N: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        logits_1NV, _ = net(torch.from_numpy(category_N)[None])
    return logits_1NV[0].numpy()


@pytest.mark.parametrize("cell", sorted(runtime.CELLS))
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("tied", [False, True])
def test_logits_are_those_of_pytorch(layers: int, tied: bool, cell: str) -> None:
    net, category_N = network(layers, tied=tied, cell=cell), text(60)
    language = runtime.Language(language_weights(net))
    state, found = language.start(), []
    for category in category_N:
        language.advance(state, category)
        found.append(language.read(state)[0])
    assert np.abs(np.array(found) - torchs_logits(net, category_N)).max() < 1e-5


@pytest.mark.parametrize("length", [2, 256, 257, 700])
def test_surprisals_are_the_cross_entropy_of_pytorch(
    language: runtime.Language, length: int
) -> None:
    category_N = text(length)
    logits_NV = torch.from_numpy(torchs_logits(network(), category_N))
    theirs = cross_entropy(logits_NV[:-1], torch.from_numpy(category_N[1:]), reduction="none")
    ours = language.surprisals(category_N)
    assert len(ours) == length
    assert np.abs(ours[1:] - theirs.numpy()).max() < 2e-5


def test_first_category_costs_what_the_bias_says(language: runtime.Language) -> None:
    weights = language_weights(network())
    odds = np.exp(weights["readout.bias"].astype(np.float64))
    for category in range(CATEGORIES):
        cost = language.surprisals(np.array([category]))[0]
        assert cost == pytest.approx(-np.log(odds[category] / odds.sum()), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(1, 599), seed=st.integers(0, 99), shorter=st.booleans())
def test_what_comes_later_moves_no_bit_of_what_was_before(
    cut: int, seed: int, shorter: bool
) -> None:
    language = runtime.Language(wide())
    whole, other = text(600), text(600)
    other[cut:] = text(600 - cut, seed + 1)
    other = other[:cut] if shorter else other
    changed = language.surprisals(other)
    assert np.array_equal(language.surprisals(whole)[:cut], changed[:cut])


def test_state_that_is_carried_on_equals_one_long_run(language: runtime.Language) -> None:
    category_N, state = text(500), language.start()
    parts = [language.surprisals(part, state) for part in np.split(category_N, [1, 130, 386])]
    assert np.allclose(np.concatenate(parts), language.surprisals(category_N), atol=1e-6)


def test_streams_side_by_side_are_those_alone(language: runtime.Language) -> None:
    together, alone = language.start(3), [language.start() for _ in range(3)]
    for category_S in text(60).reshape(20, 3):
        language.advance(together, category_S)
        for state, category in zip(alone, category_S, strict=True):
            language.advance(state, category)
    expected = np.concatenate([language.read(state) for state in alone])
    assert np.array_equal(language.read(together), expected)


def test_empty_text_costs_nothing(language: runtime.Language) -> None:
    assert language.surprisals(np.zeros(0, dtype=np.int64)).shape == (0,)


@pytest.mark.parametrize("name", ["embedding", "readout.weight", "readout.bias", "lstm.0.bias"])
def test_missing_tensor_is_named(name: str) -> None:
    weights = language_weights(network())
    del weights[name]
    with pytest.raises(ValueError, match=f"no tensor '{name}'"):
        runtime.Language(weights)
