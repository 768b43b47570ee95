"""The charts of a backtest show its figures."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.proof import Backtest, Curve, SkillBand
from foretell.report.backtest_figures import (
    MOST_POINTS,
    coverage,
    equity,
    pit,
    running_gain,
    skill,
    thinned,
)

DAY = 86_400


@pytest.mark.parametrize("count", [1, 2, 1_999, 2_000])
def test_few_points_are_all_kept(count: int) -> None:
    np.testing.assert_array_equal(thinned(count, 0), np.arange(count))


@pytest.mark.parametrize("count", [2_001, 100_000])
def test_many_points_are_thinned_evenly_with_both_ends(count: int) -> None:
    kept = thinned(count, 777, 1_234)
    assert len(kept) <= MOST_POINTS
    assert {0, 777, 1_234, count - 1} <= set(kept.tolist())
    assert np.diff(kept).max() <= np.ceil(count / (MOST_POINTS - 3)) + 1
    assert np.all(np.diff(kept) > 0)


def test_skill_is_drawn_inside_its_band() -> None:
    band = SkillBand(np.array([0.1, 0.2]), np.array([-0.1, 0.1]), np.array([0.3, 0.3]))
    lower, upper, line = skill(band, "a <b>rival</b>").data
    assert list(line.x) == [1, 2]
    assert list(lower.y) == [-0.1, 0.1]
    assert list(upper.y) == [0.3, 0.3]
    assert list(line.y) == [0.1, 0.2]
    assert line.name == "skill against a &lt;b&gt;rival&lt;/b&gt;"


def test_the_running_gain_ends_where_it_ends() -> None:
    time_T = np.arange(5_000) * DAY
    gain_T = np.linspace(0.0, 0.05, 5_000)
    (line,) = running_gain(time_T, gain_T, "rival").data
    assert len(line.x) == len(line.y) <= MOST_POINTS
    assert line.y[-1] == 0.05
    assert line.x[-1].timestamp() == time_T[-1]


def test_histograms_stand_beside_what_they_should_be() -> None:
    share_HB = np.array([[0.25, 0.25, 0.2, 0.3], [0.1, 0.4, 0.4, 0.1]])
    figure = pit(share_HB, ["+1", "+2"])
    assert [list(bars.y) for bars in figure.data] == share_HB.tolist()
    assert list(figure.data[0].x) == [12.5, 37.5, 62.5, 87.5]
    (line,) = figure.layout.shapes
    assert line.y0 == line.y1 == 0.25


def test_coverage_stands_in_its_strip() -> None:
    held, raw = {"0.5": [0.49, 0.51], "0.9": [0.88, 0.9]}, {"0.5": [0.4, 0.4], "0.9": [0.8, 0.8]}
    figure = coverage(held, raw, 0.02)
    assert [list(line.y) for line in figure.data] == [held["0.5"], raw["0.5"], held["0.9"],
                                                      raw["0.9"]]  # fmt: skip
    strips = [(shape.y0, shape.y1) for shape in figure.layout.shapes if shape.type == "rect"]
    np.testing.assert_allclose(strips, [(0.48, 0.52), (0.88, 0.92)])
    assert len(coverage(held, None, 0.02).data) == 2


def test_equity_keeps_its_deepest_fall_and_its_peak(result: Backtest) -> None:
    trading = result.money.tradings[0]
    rng = np.random.default_rng(0)
    equity_T = np.exp(rng.normal(0.0, 0.01, 30_000).cumsum())
    long = Curve(np.arange(30_000) * 3_600, equity_T)
    figure = equity(type(trading)(**vars(trading) | {"strategy": long}))
    line, fall, held, _ = figure.data
    assert len(line.y) <= MOST_POINTS
    assert max(line.y) == equity_T.max()
    assert min(fall.y) == pytest.approx(-long.max_drawdown)
    assert len(held.y) == len(trading.hold.equity_T)
    assert (line.name, held.name) == (trading.rule, "buy and hold")
