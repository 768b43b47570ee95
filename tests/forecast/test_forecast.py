"""Forecasts as tables, bands, probabilities and text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from foretell import Forecast, Forecaster
from foretell.errors import UsageError
from foretell.forecast import DEFAULT_LEVELS, Outlook, QuantileCurve, quantile_names
from foretell.series import sequences

COLUMNS = [
    "series", "origin", "horizon", "time", "mean", "q0.05", "q0.1", "q0.2", "q0.25", "q0.3",
    "q0.4", "q0.5", "q0.6", "q0.7", "q0.75", "q0.8", "q0.9", "q0.95",
]  # fmt: skip
INDEX = COLUMNS[:4]


@pytest.fixture(scope="module")
def forecast(fitted_two: Forecaster, two_coins: pl.DataFrame) -> Forecast:
    return fitted_two.predict(two_coins)


@pytest.fixture(scope="module")
def of_values(fitted_values: Forecaster, values: pl.DataFrame) -> Forecast:
    return fitted_values.predict(values)


def by_hand(*, log: bool, count: int = 1) -> Forecast:
    """Quantiles 9 to 11 in target space, for one bar ahead of each of some series."""
    (recent,) = sequences({"time": [0, 1, 2], "value": [10.0, 10.0, 10.0]})
    q_HK = np.linspace(9.0, 11.0, len(DEFAULT_LEVELS))[None]
    outlooks = [Outlook(f"S{n}", 2, [3], q_HK, log, recent) for n in range(count)]
    return Forecast(outlooks, np.array(DEFAULT_LEVELS))


def test_frame_has_exactly_the_promised_columns(forecast: Forecast) -> None:
    frame = forecast.to_frame()
    assert frame.columns == COLUMNS
    assert frame.schema["origin"] == frame.schema["time"] == pl.Datetime("us", "UTC")
    assert frame.schema["series"] == pl.String
    assert {frame.schema[name] for name in COLUMNS[4:]} == {pl.Float64}


def test_frame_has_a_row_a_series_and_horizon(forecast: Forecast, two_coins: pl.DataFrame) -> None:
    frame = forecast.to_frame()
    assert frame["series"].to_list() == ["ONE"] * 3 + ["TWO"] * 3
    assert frame["horizon"].to_list() == [1, 2, 3] * 2
    last = two_coins.group_by("series", maintain_order=True).agg(pl.col("time").last())
    assert frame["origin"].unique(maintain_order=True).to_list() == last["time"].to_list()
    days = (frame["time"] - frame["origin"]).dt.total_days()
    assert days.to_list() == [1, 2, 3] * 2


def test_quantiles_are_prices_near_the_last_close(
    forecast: Forecast, two_coins: pl.DataFrame
) -> None:
    close = two_coins.filter(series="TWO")["close"][-1]
    rows = forecast.to_frame().filter(series="TWO").select(COLUMNS[5:]).to_numpy()
    assert (np.diff(rows, axis=1) > 0.0).all()
    assert (np.abs(np.log(rows / close)) < 0.5).all()


def test_quantiles_of_values_are_in_their_own_units() -> None:
    assert by_hand(log=False).to_frame()["q0.5"].item() == pytest.approx(10.0)
    assert by_hand(log=True).to_frame()["q0.5"].item() == pytest.approx(np.exp(10.0))


def test_mean_is_that_of_the_curve(forecast: Forecast, of_values: Forecast) -> None:
    for each, name in ((forecast, "TWO"), (of_values, "TEMP")):
        expected = [curve.mean() for curve in each.curves(name)]
        assert each.to_frame().filter(series=name)["mean"].to_list() == expected


def test_horizon_counts_bars_ahead(forecast: Forecast) -> None:
    assert forecast.horizon == 3


@pytest.mark.parametrize("name", ["forecast", "of_values"])
def test_narrow_band_lies_inside_the_wide_one(name: str, request: pytest.FixtureRequest) -> None:
    forecast = request.getfixturevalue(name)
    bands = [forecast.interval(coverage) for coverage in (0.5, 0.8, 0.9, 0.99)]
    for narrow, wide in pairwise(bands):
        assert (wide["lower"] < narrow["lower"]).all()
        assert (narrow["upper"] < wide["upper"]).all()
    assert (bands[0]["lower"] < bands[0]["upper"]).all()


def test_band_is_bounded_by_quantiles(forecast: Forecast) -> None:
    band, frame = forecast.interval(0.9), forecast.to_frame()
    assert band.columns == [*INDEX, "lower", "upper"]
    assert band["lower"].to_list() == pytest.approx(frame["q0.05"].to_list())
    assert band["upper"].to_list() == pytest.approx(frame["q0.95"].to_list())


@pytest.mark.parametrize("coverage", [0.0, 1.0, -0.1, 80, float("nan")])
def test_impossible_coverage_is_refused(coverage: float, forecast: Forecast) -> None:
    with pytest.raises(UsageError, match=f"coverage is {coverage}; give a probability between"):
        forecast.interval(coverage)


@pytest.mark.parametrize("share", [0.5, 0.99, 1.0, 1.02, 3.0])
def test_above_and_below_sum_to_one(share: float, forecast: Forecast) -> None:
    value = share * forecast.to_frame()["q0.5"][0]
    above = forecast.probability(above=value)["probability"]
    below = forecast.probability(below=value)["probability"]
    assert (above + below).to_list() == pytest.approx([1.0] * 6)
    assert above.is_between(0.0, 1.0).all()


def test_probability_between_is_the_rest(of_values: Forecast) -> None:
    low, high = of_values.interval(0.5).row(0)[-2:]
    parts = [{"below": low}, {"above": low, "below": high}, {"above": high}]
    shares = [of_values.probability(**part)["probability"][0] for part in parts]
    assert shares == pytest.approx([0.25, 0.5, 0.25])


def test_probability_between_crossed_values_is_nothing(forecast: Forecast) -> None:
    between = forecast.probability(above=200.0, below=100.0)["probability"]
    assert between.to_list() == [0.0] * 6


def test_price_is_surely_above_nothing(forecast: Forecast) -> None:
    assert forecast.probability(above=0.0)["probability"].to_list() == [1.0] * 6
    assert forecast.probability(below=0.0)["probability"].to_list() == [0.0] * 6


def test_probability_has_the_index_columns(forecast: Forecast) -> None:
    assert forecast.probability(above=1.0).columns == [*INDEX, "probability"]


def test_probability_of_nothing_is_refused(forecast: Forecast) -> None:
    with pytest.raises(UsageError, match=r"no value given; call probability\(above=...\)"):
        forecast.probability()


def test_curves_are_those_of_the_series(forecast: Forecast) -> None:
    curves = forecast.curves("TWO")
    assert all(isinstance(curve, QuantileCurve) for curve in curves)
    medians = forecast.to_frame().filter(series="TWO")["q0.5"].to_list()
    assert [curve.quantile(0.5) for curve in curves] == pytest.approx(medians)


def test_unknown_series_is_refused_with_those_there_are(forecast: Forecast) -> None:
    for ask in (forecast.curves, forecast.plot):
        with pytest.raises(UsageError, match="no series 'THREE' in this forecast; it has ONE, TWO"):
            ask("THREE")


def test_repr_tells_every_series_and_its_last_bar(forecast: Forecast) -> None:
    text = repr(forecast)
    for name in ("ONE", "TWO"):
        assert f"{name}: 3 bars after " in text
    assert "80% within" in text


def test_html_tells_every_series_and_the_band(forecast: Forecast) -> None:
    html = forecast._repr_html_()
    for text in ("ONE", "TWO", "median", "low80", "high80", "<table"):
        assert text in html


def test_html_tells_every_one_of_many_series() -> None:
    html = by_hand(log=True, count=15)._repr_html_()
    assert [n for n in range(15) if f"S{n}&quot;<" not in html] == []


@pytest.mark.parametrize("name", ["forecast", "of_values"])
def test_chart_shows_the_past_the_bands_and_the_median(
    name: str, request: pytest.FixtureRequest
) -> None:
    forecast = request.getfixturevalue(name)
    outlook = forecast.outlooks[-1]
    figure = forecast.plot(outlook.series)
    names = {trace.name for trace in figure.data}
    assert {"90% band", "80% band", "50% band", "median"} < names
    assert outlook.series in figure.layout.title.text
    median = next(trace for trace in figure.data if trace.name == "median")
    expected = forecast.to_frame().filter(series=outlook.series)["q0.5"].to_list()
    assert list(median.y)[1:] == pytest.approx(expected)


def test_dark_chart_has_other_colours(forecast: Forecast) -> None:
    light, dark = forecast.plot(), forecast.plot(dark=True)
    assert light.layout.paper_bgcolor != dark.layout.paper_bgcolor


def test_names_of_quantiles_are_short() -> None:
    assert quantile_names([0.05, 0.5, 0.975, 0.999]) == ["q0.05", "q0.5", "q0.975", "q0.999"]
