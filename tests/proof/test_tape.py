"""Which bar is known when, and frames handed back in the form they came in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from foretell.errors import FrameError
from foretell.proof.tape import Tape
from foretell.series import fingerprint, sequences

DAY, HOUR = 86_400, 3_600


def rows(tape: Tape, *which: int) -> np.ndarray:
    marked = np.zeros(len(tape.frame), dtype=bool)
    marked[list(which)] = True
    return marked


def test_bars_are_known_at_their_close(two_coins: pl.DataFrame) -> None:
    tape = Tape.read(two_coins)
    assert (tape.known_N - tape.time_N == DAY).all()
    assert tape.names == ["ONE", "TWO"]


def test_a_longer_bar_is_known_later_than_a_shorter_one_of_its_stamp() -> None:
    hours = pl.datetime_range(
        pl.datetime(2024, 1, 1), pl.datetime(2024, 1, 3, 23), "1h", eager=True
    )
    days = hours.gather_every(24)
    frame = pl.DataFrame(
        {"series": ["H"] * 72 + ["D"] * 3, "time": [*hours, *days], "value": np.arange(75.0)}
    )
    tape = Tape.read(frame)
    first_day, last_hour_of_it = tape.known_N[72], tape.known_N[23]
    assert first_day == last_hour_of_it == tape.time_N[0] + DAY
    assert tape.later(int(tape.known_N[22])).sum() == 72 - 23 + 3


def test_months_close_where_the_next_one_opens() -> None:
    times = pl.date_range(pl.date(2023, 1, 1), pl.date(2024, 6, 1), "1mo", eager=True)
    tape = Tape.read(pl.DataFrame({"time": times, "value": np.arange(18.0)}))
    np.testing.assert_array_equal(tape.known_N[:-1], tape.time_N[1:])


def test_times_without_a_grid_still_have_an_order() -> None:
    tape = Tape.read(pl.DataFrame({"time": [10, 11, 13, 20, 21, 22, 50], "value": [1.0] * 7}))
    assert (np.diff(tape.known_N) > 0).all()


def test_hash_is_that_of_the_series(two_coins: pl.DataFrame) -> None:
    assert Tape.read(two_coins).sha256 == fingerprint(sequences(two_coins))
    other = two_coins.with_columns(pl.col("close") * (1 + 1e-15))
    assert Tape.read(other).sha256 != Tape.read(two_coins).sha256


def test_pandas_comes_back_as_pandas_with_its_index(candles: pl.DataFrame) -> None:
    given = pd.DataFrame({name: candles[name].to_list() for name in candles.columns})
    given = given.set_index("time")
    tape = Tape.read(given)
    shorter = tape.without(rows(tape, 0, 1))
    pd.testing.assert_frame_equal(shorter, given.iloc[2:])
    changed = tape.replaced(rows(tape, 3), {"close": tape.frame["close"] * 2.0})
    assert changed["close"].iloc[3] == 2.0 * given["close"].iloc[3]
    pd.testing.assert_frame_equal(
        changed.drop(index=given.index[3]), given.drop(index=given.index[3])
    )


@pytest.mark.parametrize(
    "form", [lambda frame: frame, lambda frame: pa.table(frame.to_dict(as_series=False))]
)
def test_anything_else_comes_back_as_polars(
    candles: pl.DataFrame, form: Callable[[pl.DataFrame], object]
) -> None:
    tape = Tape.read(form(candles))
    assert tape.without(rows(tape)).equals(candles)


def test_holes_stay_holes(candles: pl.DataFrame) -> None:
    holed = candles.with_columns(
        funding=pl.when(pl.int_range(pl.len()) % 5 > 0).then(pl.col("close"))
    )
    tape = Tape.read(holed)
    changed = tape.replaced(rows(tape, *range(300)), {"funding": tape.frame["close"] * 2.0})
    assert (changed["funding"].is_null() == holed["funding"].is_null()).all()
    assert changed["funding"][1] == 2.0 * holed["close"][1]


def test_holes_are_found_in_time_and_in_values(candles: pl.DataFrame) -> None:
    number = pl.int_range(pl.len())
    holed = candles.with_columns(volume=pl.when(number != 40).then("volume")).filter(number != 101)
    tape = Tape.read(holed)
    assert tape.holes().tolist() == [int(tape.known_N[40]), int(tape.known_N[100])]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pl.DataFrame({"close": [1.0]}), "no bars with a time"),
        (pl.DataFrame({"time": [1, 2], "close": ["1", "2"]}), "'close' does not hold numbers"),
    ],
)
def test_frames_that_cannot_be_audited(frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        Tape.read(frame)
