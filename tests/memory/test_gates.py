"""The gates of a forecaster over a series, and how long units remember."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from foretell import Forecaster
from foretell.errors import FrameError
from foretell.memory import Gates, lengths, read_gates
from foretell.series import Sequence


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


@pytest.fixture(scope="module")
def gates(fitted: Forecaster, sequence: Sequence) -> Gates:
    found = read_gates(fitted, sequence)
    assert found is not None
    return found


# -- reading them ------------------------------------------------------------------------------


def test_gates_are_those_of_the_first_network_on_its_inputs(
    fitted: Forecaster, sequence: Sequence, gates: Gates
) -> None:
    """Formula by formula, from the weights and from what the encoder makes of the bars."""
    engine = fitted._engine
    assert engine is not None
    x_TF = engine.encoder.start(sequence.frequency).run(sequence).x_TF.astype(float)
    weight, bias = (
        engine.weights[f"lstm.0.{part}"][0].astype(float) for part in ("weight", "bias")
    )
    hidden, memory = np.zeros(8), np.zeros(8)
    for bar, x_F in enumerate(x_TF):
        i, f, g, o = np.split(np.concatenate([x_F, hidden]) @ weight + bias, 4)
        kept, written = sigmoid(f), sigmoid(i)
        memory = kept * memory + written * np.tanh(g)
        hidden = sigmoid(o) * np.tanh(memory)
        assert gates.kept_TU[bar] == pytest.approx(kept, abs=1e-5)
        assert gates.written_TU[bar] == pytest.approx(written, abs=1e-5)
        assert gates.memory_TU[bar] == pytest.approx(memory, abs=1e-5)


def test_layers_stand_side_by_side(fitted_gru: Forecaster, sequence: Sequence) -> None:
    found = read_gates(fitted_gru, sequence)
    assert found is not None
    assert found.layers == 2
    assert found.kept_TU.shape == (len(sequence), 2 * 8)
    assert found.written_TU == pytest.approx(1.0 - found.kept_TU)


def test_slstm_is_read_too(fitted_slstm: Forecaster, sequence: Sequence) -> None:
    found = read_gates(fitted_slstm, sequence)
    assert found is not None
    assert found.kept_TU[0] == pytest.approx(0.0)  # before the first bar there was nothing
    assert (found.kept_TU[1:] > 0.0).all()


def test_simple_network_has_none(fitted_rnn: Forecaster, sequence: Sequence) -> None:
    assert read_gates(fitted_rnn, sequence) is None


def test_other_series_is_refused(fitted_values: Forecaster, sequence: Sequence) -> None:
    with pytest.raises(FrameError, match="this model was trained on"):
        read_gates(fitted_values, sequence)


# -- how long units remember -------------------------------------------------------------------


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_steady_gate_remembers_by_its_logarithm(keep: float) -> None:
    (length,) = lengths(np.full((2_000, 1), keep, dtype=np.float32))
    assert length == pytest.approx(-1.0 / np.log(keep), rel=1e-4)


def test_length_is_the_median_lag_at_which_the_product_falls_to_one_over_e() -> None:
    """Bar by bar, by multiplication, to the whole bar."""
    kept_T = np.random.default_rng(2).uniform(0.7, 1.0, 400)
    lags = []
    for start in range(400):
        product = np.cumprod(kept_T[start:])
        below = np.flatnonzero(product <= np.exp(-1.0))
        lags.append(below[0] + 1 if len(below) else np.inf)
    (length,) = lengths(kept_T[:, None])
    assert np.median(lags) - 1.0 <= length <= np.median(lags)


def test_what_is_kept_for_good_is_remembered_for_ever() -> None:
    assert lengths(np.ones((50, 1), dtype=np.float32)).tolist() == [np.inf]


def test_gate_that_closes_for_once_is_no_error() -> None:
    kept_TU = np.full((100, 1), 0.9, dtype=np.float32)
    kept_TU[50] = 0.0
    assert 5.0 < lengths(kept_TU)[0] <= 9.5


# -- which units, which bars -------------------------------------------------------------------


def made(gates: Gates, kept_TU: np.ndarray) -> Gates:
    return replace(gates, kept_TU=kept_TU, written_TU=1.0 - kept_TU, memory_TU=kept_TU)


def test_units_are_ordered_by_memory_and_three_are_chosen(gates: Gates, sequence: Sequence) -> None:
    keep_U = np.array([0.9, 0.5, 0.99, 0.7, 0.8], dtype=np.float32)
    steady = made(gates, np.tile(keep_U, (len(sequence), 1)))
    assert steady.order_U.tolist() == [1, 3, 4, 0, 2]
    assert steady.chosen() == {"shortest": 1, "middle": 4, "longest": 2}


def test_bars_of_forgetting_are_the_lowest_and_apart(gates: Gates, sequence: Sequence) -> None:
    kept_TU = np.full((len(sequence), 2), 0.9, dtype=np.float32)
    for bar, keep in ((5, 0.0), (100, 0.1), (101, 0.15), (200, 0.2), (109, 0.25), (250, 0.3)):
        kept_TU[bar] = keep
    assert made(gates, kept_TU).times_forgetting()[:3] == [100, 200, 250]


def test_moves_are_those_of_the_log_price(gates: Gates) -> None:
    close_T = gates.row.target_T
    move_T = gates.move_T()
    assert move_T[0] == 0.0
    assert move_T[7] == pytest.approx(abs(np.log(close_T[7] / close_T[6])))


def test_forgetting_that_goes_with_moves_is_seen(gates: Gates) -> None:
    kept_TU = 1.0 - np.tile(gates.move_T()[:, None], (1, 3))
    assert made(gates, kept_TU.astype(np.float32)).follows_moves() == pytest.approx(1.0, abs=1e-3)
