"""The wrapper reader: inputs of unknown unit, holes, known columns, effects."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import polars as pl
import pytest

from foretell.features import Layout, Season, read, single
from foretell.features.covariates import Covariates
from foretell.series import Extra, Sequence, sequences

HORIZON = 3
COLUMNS = ("value", "input:humidity", "known:holiday")


@pytest.fixture
def row(covered: pl.DataFrame) -> Sequence:
    return sequences(covered, None, Extra(("humidity",), ("holiday",)))[0]


def named(row: Sequence, layout: Layout) -> dict[str, np.ndarray]:
    reader = layout.reader(row.frequency)
    readings = read(reader, row, HORIZON)
    return dict(zip(reader.input_names, readings.inputs_TF.T, strict=True))


def test_own_inputs_stay_as_they_are(row: Sequence, values: pl.DataFrame) -> None:
    layout = Layout(COLUMNS, HORIZON)
    plain = read(layout.own_reader(row.frequency), sequences(values)[0])
    whole = read(layout.reader(row.frequency), sequences(values)[0].__class__(
        row.name, row.frequency, COLUMNS, row.time_T,
        np.column_stack([values["value"].to_numpy(), row.value_TC[:, 1:]]), row.ahead,
    ), HORIZON)  # fmt: skip
    width = plain.inputs_TF.shape[1]
    assert np.array_equal(whole.inputs_TF[:, :width], plain.inputs_TF)
    for name in ("level_T", "volatility_TJ", "path_TP", "term_TS", "effect_TE"):
        assert np.array_equal(getattr(whole, name), getattr(plain, name))
    assert whole.inputs_TF.shape[1] == width + 3 + (HORIZON + 1)


def test_known_columns_enter_at_their_bar_and_ahead(row: Sequence, covered: pl.DataFrame) -> None:
    found = named(row, Layout(COLUMNS, HORIZON))
    holiday = covered["holiday"].to_numpy()
    for step in range(HORIZON + 1):
        assert np.array_equal(found[f"holiday_at_{step}"], holiday[step : step + len(row)])


def column(values: list[float]) -> np.ndarray:
    """Level, change and age of an input, bar by bar."""
    times = 86_400 * np.arange(len(values))
    (grid,) = {row.frequency for row in sequences({"time": times[:3], "value": [1.0, 2.0, 3.0]})}
    bars = np.column_stack([np.ones(len(values)), values])
    row = Sequence("A", grid, ("value", "input:x"), times, bars)
    return read(Layout(row.columns, 1).reader(grid), row).inputs_TF[:, -3:]


def test_inputs_have_no_unit() -> None:
    x_T = np.random.default_rng(0).normal(size=60)
    assert column(list(x_T)) == pytest.approx(column(list(1e6 * x_T - 5e7)), abs=1e-6)


def test_a_missing_value_is_the_last_one_with_its_age() -> None:
    nan = float("nan")
    found = column([nan, 4.0, 6.0, nan, nan, 5.0])
    assert found[:, 2].tolist() == pytest.approx([log(2), 0, 0, log(2), log(3), 0])
    assert found[0].tolist()[:2] == [0.0, 0.0]
    assert found[3, 0] == found[2, 0]
    assert found[3, 1] == found[4, 1] == 0.0
    assert found[5, 1] < 0.0


def test_level_and_change_by_hand() -> None:
    # Means of 4, 6: 4, 5; spreads |4 - 4|, |6 - 5|: 0, 0.5.
    assert column([4.0, 6.0, 6.0])[1].tolist() == pytest.approx([2.0, 4.0, 0.0])


def test_constant_and_far_columns_stay_bounded() -> None:
    assert np.array_equal(column([3.0] * 5), np.zeros((5, 3)))
    assert np.abs(column([0.0] * 50 + [1e9])).max() <= 8.0


def test_effects_leave_the_value_and_join_the_centre(row: Sequence) -> None:
    plain = Layout(COLUMNS, HORIZON, paths=(Season(24),))
    adjusted = replace(plain, effects=(5.0,))
    without = row.value_TC.copy()
    without[:, 0] -= 5.0 * without[:, 2]
    clean = Sequence(row.name, row.frequency, COLUMNS, row.time_T, without, row.ahead)
    ours = read(adjusted.reader(row.frequency), row, HORIZON)
    bare = read(plain.reader(row.frequency), clean, HORIZON)
    known_TE = ours.inputs_TF[:, -HORIZON - 1 :]
    assert np.array_equal(ours.inputs_TF, bare.inputs_TF)
    assert np.array_equal(ours.effect_TE, 5.0 * known_TE)
    anchor = replace(single("", HORIZON, 6, chosen=0), toward_HM=np.full((HORIZON, 1), 0.7))
    level_T, centre_TH, scale_TH = ours.around(anchor)
    bare_T, bare_TH, _ = bare.around(anchor)
    assert np.array_equal(level_T, bare_T + 5.0 * known_TE[:, 0])
    assert np.array_equal(centre_TH, bare_TH + 5.0 * known_TE[:, 1:])
    assert np.array_equal(scale_TH, anchor.scale(bare.volatility_TJ))


def test_effects_on_logs_are_shares(row: Sequence) -> None:
    layout = Layout(COLUMNS, HORIZON, log=True, effects=(0.2,))
    readings = read(layout.reader(row.frequency), row, HORIZON)
    holiday_T = row.known_TK[:, 0]
    share_T = 1.0 + 0.221402758 * holiday_T  # e to the 0.2
    assert readings.level_T == pytest.approx(np.log(row.target_T / share_T))
    assert readings.around(single("", HORIZON, 3, chosen=0))[0] == pytest.approx(
        np.log(row.target_T)
    )


def test_state_goes_on_bit_for_bit(row: Sequence) -> None:
    layout = Layout(COLUMNS, HORIZON, effects=(2.0,))
    whole, kept = (layout.reader(row.frequency) for _ in range(2))
    assert isinstance(kept, Covariates)
    for time, bar in row.bars(HORIZON):
        expected = whole.step(time, bar)
        fresh = layout.reader(row.frequency)
        fresh.restore(kept.state())
        kept = fresh
        assert kept.step(time, bar) == expected
