"""What every rival must keep: it sees no future, is fitted on the past, repeats itself."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from foretell.errors import MissingExtra, ShortHistory
from foretell.forecast import RIVALS, FallbackWarning, Rival, level
from foretell.forecast.rivals import Har, RandomWalk, garch
from foretell.forecast.rivals.empirical import Empirical
from foretell.series import Sequence

HORIZON, FIRST = 5, 200
Path = tuple[np.ndarray, np.ndarray]

# Of prices a climatology has nothing to say; the random walk that stands in keeps all rules too.
pytestmark = pytest.mark.filterwarnings("ignore:climatology, series 'SIM'")

every_rival = pytest.mark.parametrize("key", RIVALS)
empirical = pytest.mark.parametrize(
    "key", [k for k, v in RIVALS.items() if issubclass(v, Empirical)]
)


@pytest.fixture(params=["priced", "valued"])
def row(request: pytest.FixtureRequest) -> Sequence:
    return request.getfixturevalue(request.param)


def changed(row: Sequence, first: int) -> Sequence:
    """The same series with other and wilder bars from one on."""
    other = replace(row, value_TC=row.value_TC.copy())
    noise = np.random.default_rng(0).uniform(0.5, 2.0, len(row) - first)
    other.value_TC[first:] *= noise[:, None]
    return other


def check_causality(rival: Rival, row: Sequence) -> None:
    """Bars after an origin do not move its forecast by a single bit, but it moves later ones."""
    one = rival.forecast(row, FIRST)
    for ahead in (1, 7):
        other = rival.forecast(changed(row, FIRST + ahead), FIRST)
        assert one[:ahead].tobytes() == other[:ahead].tobytes()
        assert not np.array_equal(one[ahead:], other[ahead:])


def check_fit(rival: Empirical, row: Sequence) -> None:
    """What is fitted enters the path before the first origin, and nothing from there on does."""
    for one, other in zip(
        rival._path(row, FIRST), rival._path(changed(row, FIRST), FIRST), strict=True
    ):
        assert one[:FIRST].tobytes() == other[:FIRST].tobytes()


@every_rival
def test_bars_after_an_origin_do_not_move_its_forecast(
    key: str, row: Sequence, levels: np.ndarray
) -> None:
    check_causality(RIVALS[key](HORIZON, levels), row)


@empirical
def test_nothing_from_the_first_origin_on_is_fitted(
    key: str, row: Sequence, levels: np.ndarray
) -> None:
    check_fit(RIVALS[key](HORIZON, levels), row)  # type: ignore[arg-type]


def test_garch_is_fitted_on_the_changes_before_the_first_origin(
    row: Sequence, levels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[np.ndarray] = []
    fit = garch.fit_garch
    monkeypatch.setattr(garch, "fit_garch", lambda change_N: seen.append(change_N) or fit(change_N))
    for each in (row, changed(row, FIRST), changed(row, FIRST - 1)):
        RIVALS["garch"](HORIZON, levels).forecast(each, FIRST)
    assert len(seen[0]) == FIRST - 1
    assert seen[0].tobytes() == seen[1].tobytes()
    assert seen[0].tobytes() != seen[2].tobytes()


@every_rival
def test_the_last_bar_before_the_first_origin_is_learned_from(
    key: str, row: Sequence, levels: np.ndarray
) -> None:
    rival = RIVALS[key](HORIZON, levels)
    one, other = (rival.forecast(each, FIRST) for each in (row, changed(row, FIRST - 1)))
    assert not np.array_equal(one[0], other[0])


class Peeking(RandomWalk):
    """Takes the next bar for this one."""

    def _path(self, row: Sequence, first: int) -> Path:
        ahead_T = np.append(level(row)[1:], level(row)[-1])
        return ahead_T[:, None], np.ones((len(row), 1))


class Standardising(RandomWalk):
    """Counts errors in the spread of the whole series, its future included."""

    def _path(self, row: Sequence, first: int) -> Path:
        spread = np.full((len(row), 1), np.diff(level(row)).std())
        return level(row)[:, None], spread


class Late(Har):
    """Takes the first origin into the fit."""

    def _path(self, row: Sequence, first: int) -> Path:
        return super()._path(row, first + 1)


@pytest.mark.parametrize("leak", [Peeking, Standardising])
def test_a_planted_peek_is_caught(leak: type[Rival], row: Sequence, levels: np.ndarray) -> None:
    with pytest.raises(AssertionError):
        check_causality(leak(HORIZON, levels), row)


@pytest.mark.parametrize("leak", [Standardising, Late])
def test_a_planted_late_fit_is_caught(
    leak: type[Empirical], row: Sequence, levels: np.ndarray
) -> None:
    with pytest.raises(AssertionError):
        check_fit(leak(HORIZON, levels), row)


@every_rival
def test_quantiles_are_finite_and_in_order(key: str, row: Sequence, levels: np.ndarray) -> None:
    q_THK = RIVALS[key](HORIZON, levels).forecast(row, FIRST)
    assert q_THK.shape == (len(row) - FIRST, HORIZON, len(levels))
    assert np.isfinite(q_THK).all()
    assert (np.diff(q_THK, axis=-1) >= 0).all()
    # In target space: around the series and not around its exponential or logarithm.
    assert np.abs(np.median(q_THK[:, 0, 2] - level(row)[FIRST:])) < 0.5 * level(row).std()


@every_rival
def test_the_same_again_after_a_pickle(key: str, row: Sequence, levels: np.ndarray) -> None:
    rival = RIVALS[key](HORIZON, levels)
    sent = pickle.loads(pickle.dumps(rival))
    assert rival.forecast(row, FIRST).tobytes() == sent.forecast(row, FIRST).tobytes()


def test_draws_do_not_hang_on_the_process(priced: Sequence, levels: np.ndarray) -> None:
    """A hash of Python's would: it is another one in every process."""
    rival = RIVALS["garch"](2, levels)
    script = (
        "import hashlib, pickle, sys; rival, row = pickle.load(sys.stdin.buffer);"
        "print(hashlib.sha256(rival.forecast(row, 200).tobytes()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", script],
        input=pickle.dumps((rival, priced)),
        env=os.environ | {"PYTHONHASHSEED": "1"},
        capture_output=True,
        check=True,
    )
    here = hashlib.sha256(rival.forecast(priced, 200).tobytes()).hexdigest()
    assert other.stdout.decode().strip() == here


@every_rival
@pytest.mark.filterwarnings("ignore::foretell.forecast.FallbackWarning")
def test_a_series_that_never_moves_has_a_forecast(
    key: str, row: Sequence, levels: np.ndarray
) -> None:
    still = replace(row, value_TC=np.full_like(row.value_TC, 3.0))
    q_THK = RIVALS[key](HORIZON, levels).forecast(still, FIRST)
    np.testing.assert_allclose(q_THK, level(still)[0], atol=1e-9)


@every_rival
@pytest.mark.filterwarnings("ignore::foretell.forecast.FallbackWarning")
def test_few_bars_before_the_first_origin(key: str, row: Sequence, levels: np.ndarray) -> None:
    q_THK = RIVALS[key](HORIZON, levels).forecast(row, 40)
    assert np.isfinite(q_THK).all()
    with pytest.raises(ShortHistory, match=r"has 30 bars before the first origin.* needs 35"):
        RIVALS[key](HORIZON, levels).forecast(row, 30)


@pytest.mark.parametrize("key", ["garch", "ets", "theta"])
def test_a_rival_that_cannot_be_fitted_says_so(
    key: str, priced: Sequence, levels: np.ndarray
) -> None:
    rival = RIVALS[key](HORIZON, levels)
    still = replace(priced, value_TC=np.ones_like(priced.value_TC))
    with pytest.warns(FallbackWarning, match=rf"{rival.name}, series 'SIM': the series does not"):
        rival.forecast(still, FIRST)
    assert list(rival.fallbacks) == ["SIM"]
    assert rival.fallbacks["SIM"].startswith("the series does not move; ")


@pytest.mark.parametrize(
    ("key", "library"), [("garch", "arch"), ("ets", "statsforecast"), ("theta", "statsforecast")]
)
def test_a_missing_library_is_named(
    key: str, library: str, row: Sequence, levels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [each for each in sys.modules if each.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtra, match=rf"needs {library}, .*'foretell\[backtest\]'"):
        RIVALS[key](HORIZON, levels).forecast(row, FIRST)


def test_a_trace_begins_at_the_first_bar_from_its_start_on(
    priced: Sequence, levels: np.ndarray
) -> None:
    rival = RandomWalk(HORIZON, levels)
    for start in (priced.time_T[FIRST], priced.time_T[FIRST] - 1):
        (trace,) = rival.trace([priced], int(start))
        assert trace.first == FIRST
        assert trace.q_THK.tobytes() == rival.forecast(priced, FIRST).tobytes()


def test_a_level_is_a_log_only_for_prices(make: Callable[..., Any]) -> None:
    value_T = np.array([1.0, 2.0, 4.0])
    np.testing.assert_array_equal(level(make(value_T)), value_T)
    np.testing.assert_allclose(level(make(value_T, log=True)), value_T)
