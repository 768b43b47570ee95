"""Layers on top of each other: what flows between them, what is kept, how they are read."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.runtime import CELLS, Stack

MEMBERS, SERIES, INPUTS, UNITS = 2, 3, 5, 4
COLUMNS = {"rnn": (1, 1), "gru": (3, 4), "lstm": (4, 4), "slstm": (4, 4)}  # of weight and bias
PARTS = {"rnn": 1, "gru": 1, "lstm": 2, "slstm": 4}

kinds = pytest.mark.parametrize("kind", CELLS)


def weights(kind: str, layers: int) -> dict[str, np.ndarray]:
    rng, (of_weight, of_bias) = np.random.default_rng(0), COLUMNS[kind]
    tensors = {}
    for layer in range(layers):
        width = UNITS if layer else INPUTS
        shape = MEMBERS, width + UNITS, of_weight * UNITS
        tensors[f"{kind}.{layer}.weight"] = rng.normal(0.0, 0.5, shape)
        tensors[f"{kind}.{layer}.bias"] = rng.normal(0.0, 0.5, (MEMBERS, of_bias * UNITS))
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def inputs(steps: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(steps, SERIES, INPUTS)).astype(np.float32)


@kinds
def test_layers_are_cells_with_what_enters_added_to_what_leaves(kind: str) -> None:
    tensors = weights(kind, 3)
    stack = Stack.of(tensors)
    state = stack.start(SERIES)
    cells = [CELLS[kind](tensors[f"{kind}.{n}.weight"], tensors[f"{kind}.{n}.bias"])
             for n in range(3)]  # fmt: skip
    alone = [cell.start(SERIES) for cell in cells]
    for x_SF in inputs(10):
        stack.advance(state, x_SF)
        flow_MSU = np.broadcast_to(x_SF, (MEMBERS, *x_SF.shape))
        for layer, (cell, own) in enumerate(zip(cells, alone, strict=True)):
            own.x_MSD[:] = flow_MSU
            cell.step(own)
            flow_MSU = own.hidden_MSU + flow_MSU if layer else own.hidden_MSU.copy()
        assert np.array_equal(state.hidden_MSU, flow_MSU)


@kinds
@pytest.mark.parametrize("layers", [1, 2])
def test_head_sees_inputs_hidden_state_and_a_one(kind: str, layers: int) -> None:
    stack, x_SF = Stack.of(weights(kind, layers)), inputs(1)[0]
    state = stack.start(SERIES)
    stack.advance(state, x_SF)
    assert state.seen_MS1D.shape == (MEMBERS, SERIES, 1, INPUTS + UNITS + 1)
    seen_MSD = state.seen_MS1D[:, :, 0]
    assert np.array_equal(seen_MSD[..., :INPUTS], np.stack([x_SF] * MEMBERS))
    assert np.array_equal(seen_MSD[..., INPUTS:-1], state.hidden_MSU)
    assert (seen_MSD[..., -1] == 1.0).all()
    assert state.hidden_MSU.all()


def test_single_layer_is_read_without_a_copy() -> None:
    state = Stack.of(weights("lstm", 1)).start(SERIES)
    assert state.seen_MS1D is state.layers[0].joined_MS1D


@kinds
def test_members_may_have_inputs_of_their_own(kind: str) -> None:
    stack, x_MSF = Stack.of(weights(kind, 2)), inputs(MEMBERS)
    state, shared = stack.start(SERIES), stack.start(SERIES)
    stack.advance(state, x_MSF)
    stack.advance(shared, x_MSF[1])
    assert np.array_equal(state.hidden_MSU[1], shared.hidden_MSU[1])
    assert not np.array_equal(state.hidden_MSU[0], shared.hidden_MSU[0])


@kinds
@pytest.mark.parametrize("layers", [1, 3])
def test_kept_state_has_the_documented_shape_and_goes_on_bit_for_bit(
    kind: str, layers: int
) -> None:
    stack = Stack.of(weights(kind, layers))
    state, later = stack.start(SERIES), stack.start(SERIES)
    x_TSF = inputs(20)
    for x_SF in x_TSF[:10]:
        stack.advance(state, x_SF)
    kept = state.save()
    before = kept.copy()
    assert kept.shape == (layers, PARTS[kind], MEMBERS, SERIES, UNITS)
    later.restore(kept)
    for x_SF in x_TSF[10:]:
        stack.advance(state, x_SF)
        stack.advance(later, x_SF)
    assert np.array_equal(state.save(), later.save())
    assert np.array_equal(state.seen_MS1D, later.seen_MS1D)
    assert np.array_equal(kept, before)


@kinds
def test_forgotten_series_starts_anew_in_every_layer(kind: str) -> None:
    stack = Stack.of(weights(kind, 2))
    state, whole, late = (stack.start(SERIES) for _ in range(3))
    for clock, x_SF in enumerate(inputs(12)):
        if clock == 7:
            state.forget(2)
        for each in (state, whole, late) if clock >= 7 else (state, whole):
            stack.advance(each, x_SF)
    assert np.array_equal(state.save()[..., 2, :], late.save()[..., 2, :])
    assert np.array_equal(state.save()[..., :2, :], whole.save()[..., :2, :])


def test_other_tensors_are_left_alone() -> None:
    tensors = {"embedding": np.zeros(3)} | weights("gru", 2) | {"head.weight": np.zeros(3)}
    assert len(Stack.of(tensors).start().layers) == 2


def test_tensors_without_a_layer_are_refused() -> None:
    with pytest.raises(ValueError, match="no layers of rnn, gru, lstm, slstm"):
        Stack.of({"head.weight": np.zeros(3), "cell.0.weight": np.zeros(3)})


@kinds
def test_missing_tensor_of_a_layer_is_named(kind: str) -> None:
    tensors = weights(kind, 2)
    del tensors[f"{kind}.1.bias"]
    with pytest.raises(KeyError, match=rf"{kind}\.1\.bias"):
        Stack.of(tensors)
