"""The model confidence set: what arch says, under our names, and reproducibly."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from arch.bootstrap import MCS

from foretell.errors import MissingExtra, ShortHistory
from foretell.proof import model_confidence_set


def losses(seed: int, gains: dict[str, float], count: int = 300) -> dict[str, np.ndarray]:
    """Losses with a common part, moving sums of three shocks."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=count)
    return {
        name: common + gain + np.convolve(rng.normal(size=count + 2), np.ones(3), mode="valid")
        for name, gain in gains.items()
    }


def test_a_bad_model_is_left_out() -> None:
    found = model_confidence_set(losses(0, {"bad": 2.0, "good": 0.0, "too": 0.0}), 3)
    assert found.names == ["good", "too"]
    assert found.p_values["bad"] < 0.01
    assert max(found.p_values.values()) == 1.0


@pytest.mark.parametrize(("horizon", "block"), [(1, 7), (3, 7), (10, 20)])
def test_p_values_are_those_of_arch(horizon: int, block: int) -> None:
    """With blocks of twice the horizon, and no shorter than the cube root of 300."""
    given = losses(1, {"b": 0.1, "c": 0.3, "a": 0.0})
    loss_TM = np.column_stack([given[name] for name in ("b", "c", "a")])
    known = MCS(loss_TM, 0.1, block_size=block, seed=9)
    known.compute()
    found = model_confidence_set(given, horizon, seed=9)
    for place, name in enumerate(("b", "c", "a")):
        assert found.p_values[name] == known.pvalues["Pvalue"][place]
    assert 0.0 < found.p_values["c"] < 1.0


def test_same_seed_same_result() -> None:
    given = losses(2, {"a": 0.0, "b": 0.1, "c": 0.2})
    assert model_confidence_set(given, 3, seed=5) == model_confidence_set(given, 3, seed=5)
    assert model_confidence_set(given, 3, seed=5) != model_confidence_set(given, 3, seed=6)


def test_the_best_model_is_seldom_left_out() -> None:
    """Of equal models each is the best; both should stay in 90% of runs, and do in 85%."""
    equal = {"a": 0.0, "b": 0.0}
    kept = [
        len(model_confidence_set(losses(seed, equal, 150), 3, repetitions=200).names) == 2
        for seed in range(40)
    ]
    assert np.mean(kept) > 0.65


def test_models_that_say_the_same_share_their_fate() -> None:
    given = losses(4, {"bad": 2.0, "good": 0.0})
    given |= {"worse": given["bad"].copy(), "twin": given["good"].copy()}
    found = model_confidence_set(given, 3)
    assert found.names == ["good", "twin"]
    assert found.p_values["bad"] == found.p_values["worse"]


def test_one_model_is_the_set() -> None:
    assert model_confidence_set({"a": np.arange(50.0)}, 3).names == ["a"]


def test_too_few_instants_are_refused() -> None:
    with pytest.raises(ShortHistory, match=r"29 instants are too few .* give at least 30"):
        model_confidence_set({"a": np.zeros(29), "b": np.ones(29)}, 3)


def test_without_arch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "arch.bootstrap", None)
    with pytest.raises(MissingExtra, match=r"needs arch; install foretell\[backtest\]"):
        model_confidence_set({"a": np.zeros(40), "b": np.ones(40)}, 3)
