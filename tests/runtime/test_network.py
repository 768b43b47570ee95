"""The runtime network: whole histories are single steps, whatever runs beside them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.runtime import CELLS, Network

INPUTS, UNITS, HORIZON, LEVELS = 5, 8, 3, 11


COLUMNS = {"rnn": (1, 1), "gru": (3, 4), "lstm": (4, 4), "slstm": (4, 4)}  # of weight and bias


def weights(members: int, layers: int, seed: int = 0, kind: str = "lstm") -> dict[str, np.ndarray]:
    rng, (of_weight, of_bias) = np.random.default_rng(seed), COLUMNS[kind]

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(0.0, 0.3, shape).astype(np.float32)

    tensors: dict[str, np.ndarray] = {}
    for layer in range(layers):
        width = UNITS if layer else INPUTS
        tensors[f"{kind}.{layer}.weight"] = normal(members, width + UNITS, of_weight * UNITS)
        tensors[f"{kind}.{layer}.bias"] = normal(members, of_bias * UNITS)
    tensors["head.weight"] = normal(members, UNITS + INPUTS, HORIZON * LEVELS)
    steps = np.linspace(-2.0, 2.0, LEVELS, dtype=np.float32)
    tensors["head.prior"] = np.stack([steps * width for width in (1.0, 1.5, 2.0)])
    return tensors


def histories(lengths: list[int], seed: int = 1) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(length, INPUTS)).astype(np.float32) for length in lengths]


def stepped(network: Network, x_TF: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Forecasts and final state of one series, one step at a time."""
    state = network.start()
    forecasts = [network.step(state, x_F[None])[0].copy() for x_F in x_TF]
    return np.array(forecasts), state.save()


kinds = pytest.mark.parametrize("kind", CELLS)
ensembles = pytest.mark.parametrize(("members", "layers"), [(1, 1), (3, 1), (1, 2), (3, 2)])


@ensembles
@kinds
def test_whole_run_over_ragged_histories_equals_single_steps(
    kind: str, members: int, layers: int
) -> None:
    network = Network(weights(members, layers, kind=kind))
    ragged = histories([17, 40, 1, 40, 25])
    forecasts, state = network.run(ragged)
    for number, x_TF in enumerate(ragged):
        alone_THK, alone_state = stepped(network, x_TF)
        assert np.array_equal(forecasts[number], alone_THK)
        assert np.array_equal(state[:, :, :, [number]], alone_state)


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=6),
    st.sampled_from([(1, 1), (2, 2)]),
    st.integers(0, 99),
    st.sampled_from(list(CELLS)),
)
def test_run_does_not_depend_on_what_runs_beside(
    lengths: list[int], shape: tuple[int, int], seed: int, kind: str
) -> None:
    network = Network(weights(*shape, seed=seed, kind=kind))
    ragged = histories(lengths, seed)
    forecasts, state = network.run(ragged)
    for number, x_TF in enumerate(ragged):
        alone, alone_state = network.run([x_TF])
        assert np.array_equal(forecasts[number], alone[0])
        assert np.array_equal(state[:, :, :, [number]], alone_state)


def test_first_row_of_each_history_may_be_chosen() -> None:
    network, ragged = Network(weights(2, 1)), histories([10, 30, 20])
    whole, whole_state = network.run(ragged)
    some, state = network.run(ragged, [9, 0, 13])
    assert [len(each) for each in some] == [1, 30, 7]
    for all_THK, last_THK in zip(whole, some, strict=True):
        assert np.array_equal(all_THK[-len(last_THK) :], last_THK)
    assert np.array_equal(state, whole_state)


def test_no_row_wanted_gives_no_forecasts() -> None:
    forecasts, _ = Network(weights(1, 1)).run(histories([10, 4]), [0, 4])
    assert forecasts[1].shape == (0, HORIZON, LEVELS)


@kinds
def test_run_can_be_continued_by_steps(kind: str) -> None:
    network = Network(weights(3, 2, kind=kind))
    (x_TF,) = histories([50])
    whole_THK, whole_state = stepped(network, x_TF)
    _, kept = network.run([x_TF[:30]])
    state = network.start()
    state.restore(kept)
    later = [network.step(state, x_F[None])[0].copy() for x_F in x_TF[30:]]
    assert np.array_equal(whole_THK[30:], np.array(later))
    assert np.array_equal(whole_state, state.save())


@kinds
def test_series_stepped_together_equal_each_alone(kind: str) -> None:
    network = Network(weights(3, 1, kind=kind))
    x_TSF = np.stack(histories([20] * 4), axis=1)
    state = network.start(series=4)
    together = np.array([network.step(state, x_SF).copy() for x_SF in x_TSF])
    for series in range(4):
        assert np.array_equal(together[:, series], stepped(network, x_TSF[:, series])[0])


def test_forecasts_of_one_step_stay_when_the_next_is_taken() -> None:
    for members in (1, 3):
        network = Network(weights(members, 1))
        x_TF = histories([2])[0]
        state = network.start()
        first = network.step(state, x_TF[[0]])
        kept = first.copy()
        network.step(state, x_TF[[1]])
        assert np.array_equal(first, kept)


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 3]), st.sampled_from([1, 2]))
def test_quantiles_increase_for_random_weights(seed: int, members: int, layers: int) -> None:
    network = Network(weights(members, layers, seed=seed))
    forecasts, _ = network.run(histories([6], seed))
    assert (np.diff(forecasts[0], axis=-1) > 0.0).all()


@ensembles
def test_head_without_weights_forecasts_the_prior(members: int, layers: int) -> None:
    tensors = weights(members, layers)
    tensors["head.weight"][:] = 0.0
    forecasts, _ = Network(tensors).run(histories([5]))
    assert forecasts[0] == pytest.approx(np.stack([tensors["head.prior"]] * 5), rel=1e-6, abs=1e-6)
    assert len({z_HK.tobytes() for z_HK in forecasts[0]}) == 1


def test_kept_state_starts_at_zero_with_the_documented_shape() -> None:
    kept = Network(weights(3, 2)).start(series=4).save()
    assert kept.shape == (2, 2, 3, 4, UNITS)
    assert not kept.any()


def test_kept_state_is_a_copy() -> None:
    network, x_TF = Network(weights(1, 1)), histories([2])[0]
    state = network.start()
    network.step(state, x_TF[[0]])
    kept = state.save()
    before = kept.copy()
    network.step(state, x_TF[[1]])
    assert np.array_equal(kept, before)


def test_forgotten_series_starts_anew_and_the_others_go_on() -> None:
    network = Network(weights(2, 2))
    x_TSF = np.stack(histories([12, 12]), axis=1)
    state = network.start(series=2)
    for clock, x_SF in enumerate(x_TSF):
        if clock == 5:
            state.forget(1)
        network.step(state, x_SF)
    assert np.array_equal(state.save()[:, :, :, [0]], stepped(network, x_TSF[:, 0])[1])
    assert np.array_equal(state.save()[:, :, :, [1]], stepped(network, x_TSF[5:, 1])[1])


def test_past_inputs_matter_and_later_ones_do_not() -> None:
    network = Network(weights(2, 1))
    (x_TF,) = histories([20])
    changed = x_TF.copy()
    changed[10] += 1.0
    before, after = network.run([x_TF])[0][0], network.run([changed])[0][0]
    assert np.array_equal(before[:10], after[:10])
    assert not np.array_equal(before[19], after[19])


@pytest.mark.parametrize(
    "name", ["lstm.0.weight", "lstm.0.bias", "lstm.1.bias", "head.weight", "head.prior"]
)
def test_missing_tensor_is_refused_by_name(name: str) -> None:
    rest = {key: value for key, value in weights(1, 2).items() if key != name}
    with pytest.raises(ValueError, match="no tensor '"):
        Network(rest)
