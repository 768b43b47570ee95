"""``foretell watch`` and ``foretell record`` against an exchange on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from foretell import Forecaster
from foretell.cli import watch as module
from foretell.cli.fan import fan
from foretell.cli.watch_view import Screen, line_of, sentence_of
from foretell.forecast import Trace
from foretell.live import Entry, Opening, Outcomes, Watched, ledgers
from foretell.live.entries import line_of as ledger_line
from foretell.live.entries import parsed
from foretell.live.ledger import START as ZEROS
from foretell.series import Frequency
from foretell.store import Store
from scripted_exchange import Market, ScriptedExchange

Run = Callable[..., Any]
SMALL = ["--horizon", "3", "--hidden-size", "4", "--ensemble", "1"]
SINCE = "2024-01-01"
HOUR = 3_600


@pytest.fixture
def exchange() -> Iterator[ScriptedExchange]:
    with ScriptedExchange([Market("BTC/USDT")], bars=400) as server:
        yield server


@pytest.fixture
def watch(foretell: Run, exchange: ScriptedExchange, home: Path) -> Run:
    """Watch so many bars."""

    def run(bars: int, *more: str) -> Any:
        return foretell(
            "watch", "BTC/USDT", "--since", SINCE, "--base-url", exchange.url, "--bars", bars, *more
        )

    return run


@pytest.fixture
def watched(watch: Run, exchange: ScriptedExchange) -> Path:
    """Trained, and watched a bar and three more; the ledger."""
    assert watch(1, *SMALL).code == 0
    exchange.time.passed += 3 * HOUR
    assert watch(3).code == 0
    (path,) = ledgers()
    return path


def test_a_model_is_trained_once_and_the_record_goes_on(
    watch: Run, exchange: ScriptedExchange, home: Path
) -> None:
    first = watch(1, *SMALL)
    assert first.code == 0
    assert "training on all bars" in first.err
    assert "model saved in" in first.err
    assert first.out.startswith("2024-01-17 15:00:00 closed at ")
    assert first.out.endswith("; no live forecast decided yet\n")
    exchange.time.passed += 3 * HOUR
    second = watch(3, "--json")
    assert "training" not in second.err
    lines = [json.loads(line) for line in second.out.splitlines()]
    assert [line["time"][11:16] for line in lines] == ["16:00", "17:00", "18:00"]
    assert [len(line["decided"]) for line in lines] == [1, 2, 3]
    assert [each["late"] for line in lines for each in line["decided"]] == [
        False, False, True, False, True, True,
    ]  # fmt: skip
    assert lines[-1]["outcomes"] == 3
    assert len(lines[0]["forecast"]) == 3
    assert len(ledgers()) == 1


def test_ctrl_c_says_how_to_go_on(watch: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_line: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_write", interrupted)
    ran = watch(1, *SMALL)
    assert ran.code == 130
    assert "the same command goes on after them" in ran.err
    assert len(ledgers()[0].read_bytes().splitlines()) == 2


def test_options_cannot_change_the_kept_model(watch: Run, watched: Path) -> None:
    ran = watch(1, "--hidden-size", "5")
    assert ran.code == 2
    assert "--hidden-size cannot change" in ran.err


def test_record_shows_live_beside_backtest(foretell: Run, watched: Path) -> None:
    ran = foretell("record")
    assert ran.code == 0
    assert "BTC/USDT, binance, 1h: 4 forecasts, 1 decided, 2 late" in ran.out
    assert "Too few live forecasts to tell: 1 are decided, and 30 have to be." in ran.out
    (told,) = json.loads(foretell("record", "BTC/USDT", "--json").out)
    assert told["backtest"]["comparisons"][0]["rival"] == "random walk"
    assert told["live"] is None


def test_no_record_is_an_error(foretell: Run, watched: Path) -> None:
    ran = foretell("record", "ETH/USDT")
    assert (ran.code, ran.out) == (2, "")
    assert "no record of ETH/USDT; begin one with `foretell watch SYMBOL`" in ran.err


def test_verify_makes_the_forecasts_again(foretell: Run, watched: Path) -> None:
    ran = foretell("record", "verify")
    assert ran.code == 0
    assert "4 forecasts made again, all come out byte for byte" in ran.out
    (told,) = json.loads(foretell("record", "verify", "BTC/USDT", "--json").out)
    assert told["sound"]
    assert foretell("record", "verify", "--head", told["head"]).code == 0
    cut_off = foretell("record", "verify", "--head", "0" * 64)
    assert cut_off.code == 1
    assert "it was cut off, or what led up to it was written anew" in cut_off.err


def test_a_hash_that_was_published_holds_although_lines_were_added(
    foretell: Run, watch: Run, watched: Path, exchange: ScriptedExchange
) -> None:
    (told,) = json.loads(foretell("record", "verify", "--json").out)
    exchange.time.passed += HOUR
    assert watch(1).code == 0
    assert foretell("record", "verify", "--head", told["head"]).code == 0
    lines = watched.read_bytes().splitlines(keepends=True)
    watched.write_bytes(b"".join(lines[:-2]))
    assert foretell("record", "verify").code == 0
    assert foretell("record", "verify", "--head", told["head"]).code == 1


def test_the_model_that_is_kept_verifies_a_ledger_elsewhere(
    foretell: Run, watched: Path, tmp_path: Path
) -> None:
    """Also where another model beside it is damaged."""
    place = watched.rename(tmp_path / "elsewhere.jsonl")
    (watched.parent / "another.safetensors").write_bytes(b"damaged")
    assert foretell("record", "verify", "--ledger", place).code == 0
    (kept,) = watched.parent.glob("binance*.safetensors")
    kept.unlink()
    ran = foretell("record", "verify", "--ledger", place)
    assert ran.code == 2
    assert "is not kept, or damaged; name its file with --model" in ran.err


def test_verifying_what_is_not_there_says_so(foretell: Run, home: Path) -> None:
    ran = foretell("record", "verify", "--ledger", "none.jsonl")
    assert ran.code == 1
    assert "nothing is recorded in none.jsonl; begin with `foretell watch`" in ran.err


def test_a_damaged_record_of_one_series_does_not_hide_that_of_another(
    foretell: Run, watched: Path
) -> None:
    other = watched.with_name("other.jsonl")
    lines = watched.read_bytes().splitlines(keepends=True)
    opening, _ = parsed(lines[0][:-1])
    assert isinstance(opening, Opening)
    changed = ledger_line(replace(opening, symbol="ETH/USDT"), ZEROS)
    other.write_bytes(changed + b"\ndamage\n")
    assert foretell("record", "BTC/USDT").code == 0
    assert foretell("record", "ETH/USDT").code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--head", "0" * 64), "foretell record verify"),
        (("--model", "m.safetensors"), "foretell record verify"),
        (("BTC/USDT", "--ledger", "l.jsonl"), "leave out SYMBOL"),
        (("verify", "--head", "0" * 64), "2 were asked for"),
    ],
)
def test_options_of_record_that_could_have_no_effect(
    words: tuple[str, ...], said: str, foretell: Run, watched: Path
) -> None:
    watched.with_name("twice.jsonl").write_bytes(watched.read_bytes())
    ran = foretell("record", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_verify_finds_a_changed_line(foretell: Run, watched: Path) -> None:
    data = watched.read_bytes()
    watched.write_bytes(data.replace(b'"horizon":3', b'"horizon":4'))
    ran = foretell("record", "verify", "--ledger", watched)
    assert ran.code == 1
    assert f"line 2 of {watched} does not follow" in ran.err
    assert "Traceback" not in ran.err


def test_verify_finds_a_forecast_that_comes_out_otherwise(
    foretell: Run, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Forecaster.trace

    def otherwise(self: Forecaster, *given: Any) -> list[Trace]:
        return [replace(each, q_THK=each.q_THK + 1e-12) for each in plain(self, *given)]

    monkeypatch.setattr(Forecaster, "trace", otherwise)
    ran = foretell("record", "verify")
    assert ran.code == 1
    assert "4 do not" in ran.out
    assert "the forecast comes out otherwise" in ran.out
    assert "the record is not what was forecast" in ran.err


# -- what is shown -------------------------------------------------------------------------------

LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]


def entry(bar: int, made: float) -> Entry:
    spread = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
    q_HK = 100.0 + np.sqrt([[1.0], [2.0]]) * spread
    times = [HOUR * (bar + ahead) for ahead in (1, 2)]
    values = [100.0, 101.0, 99.0, 100.5, 1.0]
    return Entry(HOUR * bar, values, 0, int(made * HOUR * 1e6), times, q_HK.tolist())


def test_the_fan_holds_past_and_bands() -> None:
    lines = fan([98.0, 100.0], entry(0, 0).q_HK, np.array(LEVELS), height=9).plain.splitlines()
    assert len(lines) == 9
    assert float(lines[0].split("┤")[0]) == pytest.approx(100 + 3 * np.sqrt(2), rel=1e-5)
    middle = lines[4].split("┤")[1]
    assert middle == " •────"
    assert lines[0].split("┤")[1] == "    ░░"  # the second bar's band alone reaches so far
    assert "▓" in "".join(lines)
    assert "▒" in "".join(lines)


def stored(*closes: float) -> pl.DataFrame:
    """Candles up to the one that is entered first."""
    time = pl.Series("time", range(1 - len(closes), 1)) * HOUR
    return pl.DataFrame({"time": pl.from_epoch(time), "close": closes})


def scored(*bars: Entry) -> list[Watched]:
    outcomes, step = Outcomes(LEVELS, Frequency(HOUR)), Frequency(HOUR)
    return [Watched(each, outcomes.add(each), outcomes, each.is_late(1, step)) for each in bars]


def text_of(screen: Screen, width: int = 120, height: int = 40) -> str:
    console = Console(width=width, height=height, record=True, file=StringIO())
    console.print(screen.drawn(width, height))
    return console.export_text()


def test_the_screen_tells_late_forecasts_apart() -> None:
    screen = Screen("BTC/USDT", LEVELS, stored(99.0))
    for each in scored(entry(0, 1.5), entry(1, 3.5), entry(2, 3.5)):
        screen.add(each)
    text = text_of(screen)
    assert "100.0% of 2 live forecasts inside 80%" in text
    assert "▓ 50%: 2 of 2   ▒ 80%: 2 of 2   ░ 90%: 2 of 2" in text
    assert text.count("late: not counted") == 1
    assert text.count("yes") == 1


@pytest.mark.parametrize(("width", "height"), [(80, 24), (72, 22), (200, 50)])
@pytest.mark.parametrize("horizon", [2, 24, 100])
def test_the_screen_fits_the_terminal(width: int, height: int, horizon: int) -> None:
    """Else the fan's lines are broken, and the table below it is not seen."""
    screen = Screen("binance BTC/USDT 1h", LEVELS, stored(*np.linspace(90.0, 100.0, 60)))
    for each in scored(*(far(entry(bar, bar + 1.5), horizon) for bar in range(30))):
        screen.add(each)
    lines = text_of(screen, width, height).splitlines()
    assert len(lines) < height
    fan_lines = [line for line in lines if "┤" in line]
    first = lines.index(fan_lines[0])
    assert lines[first : first + len(fan_lines)] == fan_lines
    assert "•" in "".join(fan_lines)
    assert "▓" in "".join(fan_lines)
    assert sum(line.rstrip().endswith(("yes", "no")) for line in lines) >= 3


def far(near: Entry, horizon: int) -> Entry:
    """An entry that looks further ahead."""
    times = [near.time + HOUR * ahead for ahead in range(1, horizon + 1)]
    return replace(near, times=times, quantiles=[near.quantiles[0]] * horizon)


def test_the_screen_shows_each_close_once() -> None:
    """The first bar that is entered is stored already."""
    screen = Screen("BTC/USDT", LEVELS, stored(98.0, 100.5))
    assert "waiting for the first bar" in text_of(screen)
    for each in scored(entry(0, 1.5)):
        screen.add(each)
    assert text_of(screen).count("•") == 2


def test_a_line_marks_a_forecast_that_is_late() -> None:
    first, second = scored(entry(0, 1.5), entry(1, 3.5))
    assert "late" not in sentence_of(first, LEVELS)
    assert "(late: that bar had closed)" in sentence_of(second, LEVELS)
    assert json.loads(line_of(second))["late"]


def test_a_terminal_shows_what_had_been_watched_before_the_next_bar_comes(
    watch: Run, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def interrupted(_screen: Any, renderable: Any, refresh: bool = False) -> None:
        console = Console(width=120, record=True)
        console.print(renderable)
        shown.append(console.export_text())
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr(module.Live, "update", interrupted)
    assert watch(1).code == 130
    assert "late: not counted" in shown[0]
    assert "2024-01-17 18:00:00 closed at" in shown[0]


def test_two_first_watches_share_a_store(
    exchange: ScriptedExchange, watch: Run, home: Path
) -> None:
    """While the other writes its history it is waited for."""
    other = Store(home)

    def let_go(*_: Any) -> None:
        held.close()

    held = ExitStack()
    held.enter_context(other.writing())
    threading.Timer(1.0, let_go).start()
    ran = watch(1, *SMALL)
    assert ran.code == 0
    assert "is writing to the store" in ran.err


def test_a_model_is_trained_on_all_of_the_history_although_the_first_fetch_was_killed(
    watch: Run, exchange: ScriptedExchange, home: Path
) -> None:
    Store(home).write(candles_of(exchange, 200), "binance", "1h")
    assert watch(1, *SMALL).code == 0
    (place,) = (home.parent / "live").glob("*.safetensors")
    assert Forecaster.load(place).about["data"]["bars"] == 400


def candles_of(exchange: ScriptedExchange, count: int) -> pl.DataFrame:
    """The first candles of the exchange."""
    rows = list(exchange.truth("BTC/USDT").items())[:count]
    columns = zip(*([time, *values] for time, values in rows), strict=True)
    names = ("time", "open", "high", "low", "close", "volume")
    frame = pl.DataFrame(dict(zip(names, map(list, columns), strict=True)))
    time = pl.from_epoch("time").dt.replace_time_zone("UTC")
    return frame.with_columns(time, pl.lit("BTC/USDT").alias("series"))
