"""`Store`: what is written is read, with revisions and gaps, now and as of then."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foretell.errors import FrameError, StoreError, StoreLocked, UnknownSymbol, UsageError
from foretell.store import Gap, Store
from foretell.store import pieces as pieces_module

Make = Callable[..., pl.DataFrame]
MINUTE, START, NOW = 60, 1_700_000_040, 1_800_000_000
BTC = ("binance", "BTC/USDT", "1m")


def levels(frame: pl.DataFrame) -> list[float]:
    return frame["open"].to_list()


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def test_what_is_written_is_read_in_the_frame_format(store: Store, make: Make) -> None:
    told = store.write(make(), "binance", "1m")
    assert told[:3] == (3, 0, 0)
    assert store.read(*BTC).equals(make())
    assert Store(store.path).read(*BTC).equals(make())


def test_many_symbols_in_one_write_and_in_one_read(store: Store, make: Make) -> None:
    both = pl.concat([make("B"), make("A", first=5)])
    assert store.write(both, "binance", "1m").new == 6
    assert store.read("binance", ["B", "A"], "1m").equals(both)
    assert store.series()["symbol"].to_list() == ["A", "B"]


def test_writing_again_changes_no_byte(store: Store, make: Make) -> None:
    store.write(make(), "binance", "1m")
    before = tree(Path(store.path))
    assert store.write(make(), "binance", "1m") == (0, 0, 3, None)
    assert tree(Path(store.path)) == before


def test_a_revision_is_seen_now_and_not_as_of_before(store: Store, make: Make) -> None:
    first = store.write(make(), "binance", "1m")
    second = store.write(make(levels=[100.0, 7.0, 102.0, 103.0]), "binance", "1m")
    assert (second.new, second.revised, second.unchanged) == (1, 1, 2)
    assert levels(store.read(*BTC)) == [100.0, 7.0, 102.0, 103.0]
    assert store.read(*BTC, as_of=first.seen).equals(make())
    assert levels(store.read(*BTC, as_of=second.seen)) == [100.0, 7.0, 102.0, 103.0]
    before = first.seen - timedelta(microseconds=1)
    assert store.read(*BTC, as_of=before).is_empty()
    assert store.read(*BTC, as_of=before).schema == make().schema
    assert store.series()["revisions"].to_list() == [1]


@pytest.mark.parametrize("column", ["open", "high", "low", "close", "volume"])
def test_one_other_value_is_a_revision(store: Store, make: Make, column: str) -> None:
    store.write(make(), "binance", "1m")
    other = make().with_columns(pl.col(column) + 0.5)
    assert store.write(other, "binance", "1m")[:3] == (0, 3, 0)
    assert store.read(*BTC).equals(other)


def test_back_to_the_first_value_is_a_revision_too(store: Store, make: Make) -> None:
    for level in (1.0, 2.0, 1.0):
        store.write(make(levels=[level]), "binance", "1m")
    assert levels(store.read(*BTC)) == [1.0]
    assert store.series()["revisions"].to_list() == [2]


def test_time_of_a_write_is_later_than_all_before_whatever_the_clock(
    tmp_path: Path, make: Make
) -> None:
    store = Store(tmp_path / "store", clock=lambda: 1_000_000.0)
    seen = [store.write(make(levels=[level]), "binance", "1m").seen for level in (1.0, 2.0)]
    assert seen[0] is not None
    assert seen[1] == seen[0] + timedelta(microseconds=1)
    assert levels(store.read(*BTC, as_of=seen[0])) == [1.0]


def test_spans_are_cut_at_since_and_before_until(store: Store, make: Make) -> None:
    store.write(make(levels=[float(n) for n in range(1, 11)]), "binance", "1m")
    cut = store.read(*BTC, since=START + 2 * MINUTE, until=START + 5 * MINUTE)
    assert levels(cut) == [3.0, 4.0, 5.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.col("high") * 0 - 1.0, "row 0: high -1.0"),
        (pl.lit(float("nan")).alias("close"), "row 0: close nan"),
        (pl.lit(float("inf")).alias("volume"), "row 0: volume inf"),
        ((pl.col("low") * 3).alias("low"), "row 0: high 102.0 .* is below the low"),
    ],
)
def test_a_wrong_candle_is_refused_with_its_row(
    store: Store, make: Make, change: pl.Expr, message: str
) -> None:
    with pytest.raises(FrameError, match=message):
        store.write(make().with_columns(change), "binance", "1m")
    assert not Path(store.path).exists()


def test_a_candle_off_the_grid_is_refused_with_its_row(store: Store, make: Make) -> None:
    late = pl.col("time") + timedelta(seconds=30)
    frame = pl.concat([make("A"), make("B")])
    wrong = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 4).then(late).otherwise("time").alias("time")
    )
    with pytest.raises(FrameError, match=r"row 4: .* is off the 1m grid") as refused:
        store.write(wrong, "binance", "1m")
    assert refused.value.row == 4
    assert store.series().is_empty()


def test_volume_is_needed_and_the_timeframe_has_to_be_one(store: Store, make: Make) -> None:
    with pytest.raises(FrameError, match="no column 'volume'"):
        store.write(make().drop("volume"), "binance", "1m")
    with pytest.raises(UsageError, match="'1x' is not a timeframe"):
        store.write(make(), "binance", "1x")


def test_an_unknown_series_is_told_of(store: Store, make: Make) -> None:
    with pytest.raises(UnknownSymbol, match="no 1m candles of BTC/USDT from binance in"):
        store.read(*BTC)
    store.write(make(), "binance", "1m")
    with pytest.raises(UnknownSymbol, match="no 1h candles"):
        store.read("binance", "BTC/USDT", "1h")
    with pytest.raises(UsageError, match="no symbol"):
        store.read("binance", [], "1m")


# -- gaps --------------------------------------------------------------------------------------


def spans(store: Store, **options: Any) -> list[tuple[int, int, int, str]]:
    return [
        ((int(row["first"].timestamp()) - START) // MINUTE,
         (int(row["last"].timestamp()) - START) // MINUTE, row["bars"], row["reason"])
        for row in store.gaps(**options).iter_rows(named=True)
    ]  # fmt: skip


def gap(first: int, last: int, reason: str = "outage") -> Gap:
    return Gap(*BTC, START + first * MINUTE, START + last * MINUTE, reason)


def test_a_gap_is_cleared_as_its_bars_arrive(store: Store, make: Make) -> None:
    store.write(make(), "binance", "1m")
    assert store.note_gaps([gap(3, 9)]) == 1
    noted = store.gaps()["seen"][0]
    assert spans(store) == [(3, 9, 7, "outage")]
    store.write(make(first=5, levels=[1.0, 2.0]), "binance", "1m")
    assert spans(store) == [(3, 4, 2, "outage"), (7, 9, 3, "outage")]
    store.write(make(first=3, levels=[1.0] * 7), "binance", "1m")
    assert spans(store) == []
    assert spans(store, as_of=noted) == [(3, 9, 7, "outage")]
    assert spans(store, as_of=noted - timedelta(microseconds=1)) == []


def test_the_last_word_on_a_gap_counts(store: Store) -> None:
    store.note_gaps([gap(0, 9)])
    store.note_gaps([gap(4, 5, "delisted")])
    assert spans(store) == [(0, 3, 4, "outage"), (4, 5, 2, "delisted"), (6, 9, 4, "outage")]
    assert store.note_gaps([gap(0, 9)]) == 1  # the same as before, but not the last word
    assert spans(store) == [(0, 9, 10, "outage")]


def test_noting_a_gap_again_changes_no_byte(store: Store) -> None:
    store.note_gaps([gap(0, 9)])
    before = tree(Path(store.path))
    assert store.note_gaps([gap(0, 9)]) == 0
    assert tree(Path(store.path)) == before


def test_gaps_are_chosen_by_series(store: Store) -> None:
    store.note_gaps([gap(0, 1), gap(0, 1)._replace(symbol="ETH/USDT")])
    assert len(store.gaps(symbol="ETH/USDT")) == 1
    assert len(store.gaps(exchange="binance")) == 2
    assert store.gaps(timeframe="1h").is_empty()


def test_a_gap_that_ends_before_it_begins_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="ends before it begins"):
        store.note_gaps([gap(9, 3)])


def test_series_are_described(store: Store, make: Make) -> None:
    store.write(make(), "binance", "1m")
    store.note_gaps([gap(3, 9)])
    row = store.series().row(0, named=True)
    assert (row["bars"], row["gaps"], row["missing"], row["revisions"]) == (3, 1, 7, 0)
    assert row["first"] == datetime.fromtimestamp(START, UTC)
    assert row["last"] == datetime.fromtimestamp(START + 2 * MINUTE, UTC)
    assert row["size"] > 500


# -- one writer --------------------------------------------------------------------------------


def test_a_second_writer_is_refused_and_a_reader_is_not(store: Store, make: Make) -> None:
    other = Store(store.path)
    with store.writing():
        store.write(make(), "binance", "1m")
        assert other.read(*BTC).equals(make())
        with pytest.raises(StoreLocked, match="this process is writing"):
            other.write(make(), "binance", "1m")
    assert other.write(make(first=3), "binance", "1m").new == 3
    assert store.write(make(first=6), "binance", "1m").new == 3
    assert len(store.read(*BTC)) == 9


# -- compaction --------------------------------------------------------------------------------


def test_compaction_keeps_every_row_and_as_of(store: Store, make: Make) -> None:
    seen = [
        store.write(make(first=n, levels=[float(n), 50.0 + n]), "binance", "1m").seen
        for n in range(1, 6)
    ]
    store.note_gaps([gap(100, 101)])
    store.note_gaps([gap(200, 201)])
    before = [store.read(*BTC, as_of=each) for each in seen]
    told = store.compact()
    assert (told.before, told.after, told.rows) == (7, 2, 12)
    assert all(store.read(*BTC, as_of=at).equals(was) for at, was in zip(seen, before, strict=True))
    assert spans(store) == [(100, 101, 2, "outage"), (200, 201, 2, "outage")]
    assert store.compact()[:3] == (2, 2, 0)
    assert store.verify().sound


def test_compaction_that_would_lose_a_row_is_refused(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for first in (0, 3):
        store.write(make(first=first), "binance", "1m")
    made = pieces_module.made
    monkeypatch.setattr(pieces_module, "made", lambda rows: made(rows.head(5)))
    before = tree(Path(store.path))
    with pytest.raises(StoreError, match="compaction would not have kept the rows"):
        store.compact()
    assert tree(Path(store.path)) == before
    assert len(store.read(*BTC)) == 6


# -- the whole, against a dictionary -----------------------------------------------------------

SYMBOLS = ("A", "B")
write = st.tuples(
    st.just("write"),
    st.sampled_from(SYMBOLS),
    st.integers(0, 12),
    st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=1, max_size=8),
)
note = st.tuples(
    st.just("gap"), st.sampled_from(SYMBOLS), st.integers(0, 20), st.integers(0, 6),
    st.sampled_from(["outage", "delisted"]),
)  # fmt: skip
steps = st.lists(st.one_of(write, write, note, st.just(("compact",)), st.just(("reopen",))),
                 min_size=1, max_size=14)  # fmt: skip


class Plain:
    """The same in dictionaries, with everything that was ever known."""

    def __init__(self) -> None:
        self.bars: dict[tuple[str, int], list[tuple[int, float]]] = {}
        self.gaps: list[tuple[int, str, range, str]] = []

    def value(self, key: tuple[str, int], seen: int) -> float | None:
        values = [value for at, value in self.bars.get(key, []) if at <= seen]
        return values[-1] if values else None

    def read(self, symbol: str, seen: int) -> list[tuple[int, float]]:
        bars = sorted(bar for name, bar in self.bars if name == symbol)
        found = [(bar, self.value((symbol, bar), seen)) for bar in bars]
        return [(bar, value) for bar, value in found if value is not None]

    def missing(self, symbol: str, seen: int) -> dict[int, str]:
        found: dict[int, str] = {}
        for at, name, bars, reason in self.gaps:
            if name == symbol and at <= seen:
                found |= dict.fromkeys(bars, reason)
        return {bar: why for bar, why in found.items() if self.value((symbol, bar), seen) is None}


@pytest.mark.usefixtures("hasty")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_life_of_a_store_equals_a_dictionary(make: Make, steps: list[Any]) -> None:
    plain, moments, ticks = Plain(), [NOW - 1], count(NOW)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder, clock=lambda: float(next(ticks)))
        for kind, *rest in steps:
            if kind == "write":
                moments += wrote(store, plain, make, *rest)
            elif kind == "gap":
                symbol, first, more, reason = rest
                lost = (START + first * MINUTE, START + (first + more) * MINUTE)
                if store.note_gaps([Gap("loopback", symbol, "1m", *lost, reason)]):
                    seen = store.gaps()["seen"].max()
                    moment = next(ticks)
                    plain.gaps.append((moment, symbol, range(first, first + more + 1), reason))
                    moments.append(moment)
                    assert seen is None or seen.timestamp() < moment
            elif kind == "compact":
                store.compact()
            else:
                store = Store(folder, clock=lambda: float(next(ticks)))
        for moment in moments:
            for symbol in {key[0] for key in plain.bars}:
                frame = store.read("loopback", symbol, "1m", as_of=moment)
                bars = (frame["time"].dt.epoch("s") - START) // MINUTE
                assert list(zip(bars, frame["open"], strict=True)) == plain.read(symbol, moment)
            for symbol in SYMBOLS:
                told = {
                    bar: row["reason"]
                    for row in store.gaps(symbol=symbol, as_of=moment).iter_rows(named=True)
                    for bar in range(minute(row["first"]), minute(row["last"]) + 1)
                }
                assert told == plain.missing(symbol, moment)
        assert not Path(folder, "manifest.json").exists() or store.verify().sound


def minute(time: datetime) -> int:
    return (int(time.timestamp()) - START) // MINUTE


def wrote(
    store: Store, plain: Plain, make: Make, symbol: str, first: int, values: list[float]
) -> list[int]:
    told = store.write(make(symbol, first, values), "loopback", "1m")
    before = {key: plain.value(key, 2 * NOW) for key in plain.bars}
    keys = {(symbol, first + at): value for at, value in enumerate(values)}
    assert told.new == sum(key not in before for key in keys)
    assert told.revised == sum(before.get(key, value) != value for key, value in keys.items())
    assert told.unchanged == len(values) - told.new - told.revised
    if told.seen is None:
        return []
    moment = int(told.seen.timestamp())
    for key, value in keys.items():
        if before.get(key) != value:
            plain.bars.setdefault(key, []).append((moment, value))
    return [moment]
