"""Small simulated sequences, and tiny forecasters trained on them once a session."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import polars as pl
import pytest
from coverage import Coverage

from foretell import Forecaster
from foretell.memory import Lesson, Plan
from foretell.memory.plan import Budget
from foretell.series import Sequence, sequences

hypothesis.settings.register_profile(
    "foretell", deadline=None, max_examples=30, derandomize=True, database=None
)
hypothesis.settings.load_profile("foretell")

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))  # for the scripted exchange

MONDAY = 1_640_995_200 + 2 * 86_400  # 2022-01-03
DAY, HOUR = 86_400, 3_600


def stamps(count: int, step: int, start: int) -> pl.Series:
    seconds = start + step * np.arange(count)
    return pl.Series("time", seconds * 1_000_000).cast(pl.Datetime("us", "UTC"))


def simulated_candles(
    count: int = 300, *, seed: int = 0, series: str = "SIM", step: int = DAY, start: int = MONDAY
) -> pl.DataFrame:
    """Candles whose returns have momentum, so that there is something to learn."""
    rng = np.random.default_rng(seed)
    returns = rng.normal(0.0, 0.02, count)
    for bar in range(1, count):
        returns[bar] += 0.6 * returns[bar - 1]
    close = 100.0 * np.exp(np.cumsum(returns))
    opened = np.append(100.0, close[:-1])
    high = np.maximum(opened, close) * np.exp(np.abs(rng.normal(0.0, 0.01, count)))
    low = np.minimum(opened, close) * np.exp(-np.abs(rng.normal(0.0, 0.01, count)))
    return pl.DataFrame(
        [pl.Series("series", [series] * count), stamps(count, step, start)]
    ).with_columns(
        open=opened, high=high, low=low, close=close, volume=rng.lognormal(5.0, 1.0, count)
    )


def simulated_values(
    count: int = 240, *, seed: int = 0, series: str = "TEMP", start: int = MONDAY
) -> pl.DataFrame:
    """Hourly values around a daily cycle."""
    rng = np.random.default_rng(seed)
    cycle = 5.0 * np.sin(2.0 * np.pi * np.arange(count) / 24.0)
    values = 12.0 + cycle + rng.normal(0.0, 0.5, count)
    return pl.DataFrame(
        [pl.Series("series", [series] * count), stamps(count, HOUR, start)]
    ).with_columns(value=values)


def pytest_collection_finish() -> None:
    """What has been imported stays: looking through it for garbage takes a tenth of a second."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Tests marked ``uncovered`` run at full speed; pytest-cov's own mark fails with --no-cov."""
    running = Coverage.current() if item.get_closest_marker("uncovered") else None
    if running is not None:
        running.stop()
    try:
        yield
    finally:
        if running is not None:
            running.start()


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests out of the ledger of whoever runs them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FORETELL_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def _ctrl_c() -> None:
    """Ctrl-C is heard also where the tests run in the background, which shells make deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def simulate() -> Callable[..., pl.DataFrame]:
    return simulated_candles


@pytest.fixture(scope="session")
def simulate_values() -> Callable[..., pl.DataFrame]:
    return simulated_values


@pytest.fixture(scope="session")
def candles() -> pl.DataFrame:
    """300 daily candles of one series."""
    return simulated_candles()


@pytest.fixture(scope="session")
def two_coins() -> pl.DataFrame:
    """Two series of different length, one after the other."""
    return pl.concat(
        [simulated_candles(200, series="ONE"), simulated_candles(160, seed=1, series="TWO")]
    )


@pytest.fixture(scope="session")
def values() -> pl.DataFrame:
    """240 hourly values with a daily season."""
    return simulated_values()


@pytest.fixture(scope="session")
def covered(values: pl.DataFrame) -> pl.DataFrame:
    """The values with humidity, at times missing, and a holiday that adds 5; 30 hours ahead."""
    rng = np.random.default_rng(4)
    holiday = (rng.random(len(values) + 30) < 0.1).astype(float)
    humidity = 50.0 + np.cumsum(rng.normal(size=len(values)))
    humidity[rng.random(len(values)) < 0.05] = np.nan
    later = simulated_values(len(values) + 30).tail(30).with_columns(value=None, humidity=None)
    history = values.with_columns(
        value=values["value"] + 5.0 * holiday[: len(values)], humidity=humidity
    )
    return pl.concat([history, later], how="vertical_relaxed").with_columns(holiday=holiday)


@pytest.fixture(scope="session")
def fitted_covered(covered: pl.DataFrame, tiny: dict[str, Any]) -> Forecaster:
    """Trained on `covered` with both kinds of further columns. Shared."""
    return Forecaster(**tiny, inputs=["humidity"], known=["holiday"]).fit(covered)


@pytest.fixture(scope="session")
def sequence(candles: pl.DataFrame) -> Sequence:
    return sequences(candles)[0]


@pytest.fixture(scope="session")
def tiny() -> dict[str, Any]:
    """Arguments of a forecaster that trains in a fraction of a second."""
    return {
        "horizon": 3,
        "hidden_size": 8,
        "ensemble": 2,
        "steps": 3,
        "learning_rate": 1e-2,
        "chunk": 32,
        "warm_up": 8,
    }


@pytest.fixture(scope="session")
def tiny_plan() -> Plan:
    """Of memory, measured in a second."""
    few = Budget(
        units=8, batch=8, steps=40, rates=(1e-2, 1e-3), check=20, validation=40, test=40
    )  # fmt: skip
    return Plan((4, 8), runs=2, starts=2, lags=120, budget=few)


@pytest.fixture(scope="session")
def tiny_lesson() -> Lesson:
    """Of a language model, learned in a second."""
    return Lesson({"hidden_size": 16, "embedding_size": 8, "steps": 20, "batch": 8, "chunk": 32})


@pytest.fixture(scope="session")
def fitted(candles: pl.DataFrame, tiny: dict[str, Any]) -> Forecaster:
    """Trained on `candles`. Shared: predict and update it, but do not fit or change it."""
    return Forecaster(**tiny).fit(candles)


@pytest.fixture(scope="session")
def fitted_rnn(candles: pl.DataFrame, tiny: dict[str, Any]) -> Forecaster:
    """Trained on `candles`, two layers of another cell. Shared, as are the next two."""
    return Forecaster(cell="rnn", layers=2, **tiny).fit(candles)


@pytest.fixture(scope="session")
def fitted_gru(candles: pl.DataFrame, tiny: dict[str, Any]) -> Forecaster:
    return Forecaster(cell="gru", layers=2, **tiny).fit(candles)


@pytest.fixture(scope="session")
def fitted_slstm(candles: pl.DataFrame, tiny: dict[str, Any]) -> Forecaster:
    return Forecaster(cell="slstm", layers=2, **tiny).fit(candles)


@pytest.fixture(scope="session")
def fitted_two(two_coins: pl.DataFrame, tiny: dict[str, Any]) -> Forecaster:
    """Trained on `two_coins`. Shared."""
    return Forecaster(**tiny).fit(two_coins)


@pytest.fixture(scope="session")
def fitted_values(values: pl.DataFrame, tiny: dict[str, Any]) -> Forecaster:
    """Trained on `values`, with the value a day before as its anchor. Shared."""
    return Forecaster(**tiny).fit(values)


@pytest.fixture
def bar_after() -> Callable[[pl.DataFrame], dict[str, Any]]:
    """Make the bar that follows a frame of one series, a little above its last one."""

    def bar(frame: pl.DataFrame) -> dict[str, Any]:
        last, before = frame.row(-1, named=True), frame.row(-2, named=True)
        figures = {name: value * 1.01 for name, value in last.items() if isinstance(value, float)}
        return {
            "series": last["series"], "time": last["time"] + (last["time"] - before["time"]),
        } | figures  # fmt: skip

    return bar
