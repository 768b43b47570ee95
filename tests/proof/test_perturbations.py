"""Other futures: they are others, they are valid, and the past is left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell.proof.perturbations import EVERY, ONE_SERIES, Perturbation
from foretell.proof.tape import Tape
from foretell.series import canonical

BY_NAME = {each.name: each for each in EVERY}
VALUES = [each for each in EVERY if each.columns is not None]
every = pytest.mark.parametrize("perturbation", EVERY, ids=lambda each: each.name)
CUT = 200


def cut_of(tape: Tape, row: int = CUT) -> int:
    return int(tape.known_N[row])


def applied(name: str, frame: pl.DataFrame, row: int = CUT) -> pl.DataFrame:
    tape = Tape.read(frame)
    found: pl.DataFrame = BY_NAME[name].apply(tape, cut_of(tape, row), (0, 7))
    return found


@every
def test_past_is_left_alone_and_candles_stay_valid(
    perturbation: Perturbation, candles: pl.DataFrame
) -> None:
    for row in (20, 150, 298):
        changed = applied(perturbation.name, candles, row)
        assert changed.head(row + 1).equals(candles.head(row + 1))
        assert canonical(changed).columns == candles.columns
        assert changed.schema == candles.schema


@pytest.mark.parametrize("perturbation", VALUES, ids=lambda each: each.name)
def test_every_column_of_the_next_bar_is_another(
    perturbation: Perturbation, candles: pl.DataFrame
) -> None:
    whole = candles.with_columns(trades=pl.lit(3), active=pl.int_range(pl.len()) % 2, idle=0.0)
    changed = applied(perturbation.name, whole).row(CUT + 1, named=True)
    before = whole.row(CUT + 1, named=True)
    same = {name for name in before if changed[name] == before[name]}
    may_stay = {"trades", "idle", "active"} if perturbation.name == "halted" else {"idle"}
    assert {"series", "time"} <= same <= {"series", "time"} | may_stay


def test_a_candle_is_another_shape_not_only_another_level(candles: pl.DataFrame) -> None:
    before, after = (frame.slice(CUT + 1, 50) for frame in (candles, applied("noise", candles)))
    for ratio in (pl.col("close") / pl.col("open"), pl.col("high") / pl.col("close")):
        assert not np.isclose(before.select(ratio), after.select(ratio)).any()


def test_next_bar_alone(candles: pl.DataFrame) -> None:
    changed = applied("next bar", candles)
    assert changed.slice(CUT + 2).equals(candles.slice(CUT + 2))
    assert changed["close"][CUT + 1] != candles["close"][CUT + 1]
    assert applied("no next bar", candles).equals(candles.filter(pl.int_range(pl.len()) != CUT + 1))


def test_next_bar_of_every_series(two_coins: pl.DataFrame) -> None:
    tape = Tape.read(two_coins)
    touched = BY_NAME["next bar"].touched(tape, cut_of(tape, 100), (0, 0))
    assert np.flatnonzero(touched).tolist() == [101, 301]


def test_one_series_alone(two_coins: pl.DataFrame) -> None:
    tape = Tape.read(two_coins)
    names = set()
    for draw in range(8):
        touched = ONE_SERIES.touched(tape, cut_of(tape, 100), (0, draw))
        (name,) = set(tape.series_N[touched].tolist())
        names.add(name)
    assert names == {"ONE", "TWO"}


@pytest.mark.parametrize("name", [each.name for each in EVERY if each.whole])
def test_a_later_cut_changes_the_same_bars_in_the_same_way(
    name: str, candles: pl.DataFrame
) -> None:
    early, late = applied(name, candles, 100), applied(name, candles, 250)
    if name not in ("halted", "nothing"):
        after = pl.col("time") > candles["time"][250]
        assert early.filter(after).equals(late.filter(after))


def test_halted_repeats_the_last_bar_that_is_known(candles: pl.DataFrame) -> None:
    changed = applied("halted", candles)
    assert changed["close"][CUT + 1 :].unique().to_list() == [candles["close"][CUT]]


@pytest.mark.parametrize(("name", "favoured"), [("noise", "mean"), ("another path", "trend")])
def test_futures_favour_different_models(name: str, favoured: str, candles: pl.DataFrame) -> None:
    r = applied(name, candles, 20)["close"].log().diff()[23:].to_numpy()
    correlation = np.corrcoef(r[1:], r[:-1])[0, 1]
    assert correlation < -0.3 if favoured == "mean" else correlation > 0.3


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt16, pl.Int64, pl.Float32, pl.Decimal(20, 6)])
@every
def test_columns_keep_their_type(
    perturbation: Perturbation, dtype: Any, candles: pl.DataFrame
) -> None:
    count = (pl.int_range(pl.len()) % 100).cast(dtype)
    typed = candles.with_columns(count=count, label=pl.lit("bull"), close_time="time")
    changed = applied(perturbation.name, typed)
    assert changed.schema == typed.schema
    assert changed["count"].null_count() == 0


@pytest.mark.parametrize("names", [["close"], ["high", "low"], ["High", "Low", "Close"]])
@every
def test_frames_with_some_of_the_prices(
    perturbation: Perturbation, names: list[str], candles: pl.DataFrame
) -> None:
    some = candles.select("time", *(pl.col(name.lower()).alias(name) for name in names))
    changed = applied(perturbation.name, some)
    assert changed.columns == some.columns
    if "High" in names:
        assert (changed["High"] >= changed["Close"]).all()
        assert (changed["Low"] <= changed["Close"]).all()


def test_values_of_any_sign_move(values: pl.DataFrame) -> None:
    around_zero = values.with_columns(pl.col("value") - 12.0)
    for name in ("noise", "another path"):
        changed = applied(name, around_zero)
        assert (changed["value"][CUT + 1 :] != around_zero["value"][CUT + 1 :]).all()
