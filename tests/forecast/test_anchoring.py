"""The anchor that fits: each candidate wins where it is the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell.errors import DataError
from foretell.features import Climatology, Path, Season
from foretell.forecast import DEFAULT_LEVELS
from foretell.forecast.anchoring import Chosen, choose_levels, choose_prices, settling
from foretell.forecast.seasonality import paths_of
from foretell.series import Extra, Frequency, Sequence, sequences

LEVELS = np.array(DEFAULT_LEVELS)
HOUR = 3_600
BARS, HORIZON = 1_200, 3


def made(level_T: np.ndarray, name: str = "MADE") -> Sequence:
    time_T = HOUR * np.arange(len(level_T))
    return Sequence(name, Frequency(HOUR), ("value",), time_T, level_T[:, None])


def chosen(*levels: np.ndarray, paths: tuple[Path, ...] = (), **given: Any) -> Chosen:
    rows = [made(level_T, str(number)) for number, level_T in enumerate(levels)]
    return choose_levels(rows, HORIZON, LEVELS, paths, **given)


def white(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=BARS)


def kept(share: float, noise_T: np.ndarray) -> np.ndarray:
    """What is left of every value after a bar, and noise."""
    level_T = noise_T.copy()
    for bar in range(1, len(level_T)):
        level_T[bar] += share * level_T[bar - 1]
    return level_T


def season() -> np.ndarray:
    return np.resize(5.0 * np.random.default_rng(9).normal(size=24), BARS)


def test_wandering_values_get_the_last_value() -> None:
    best = chosen(np.cumsum(white()), paths=paths_of((24.0,), HORIZON))
    assert best.anchor.name.startswith("last value")
    assert best.layout.paths == ()
    assert not best.anchor.pull_HS.any()


def test_season_that_wanders_off_gets_the_value_a_season_before() -> None:
    steps_T = white()
    level_T = steps_T.copy()
    for bar in range(24, BARS):
        level_T[bar] += level_T[bar - 24]
    best = chosen(level_T, paths=paths_of((24.0,), HORIZON))
    assert best.anchor.name.startswith("value 24 bars before, errors")
    assert best.layout.paths == (Season(24),)


def test_waves_with_noise_that_lasts_get_a_climatology_with_a_decaying_distance() -> None:
    wave_T = 20.0 * np.sin(2.0 * np.pi * np.arange(BARS) / 24.0)
    best = chosen(wave_T + kept(0.7, white()), paths=paths_of((24.0,), HORIZON))
    assert best.anchor.name.startswith("climatology of 24 bars with a decaying distance")
    left_H = best.anchor.pull_HS[:, -2]
    assert left_H == pytest.approx([0.7, 0.49, 0.343], abs=0.12)


def test_values_that_return_to_their_mean_are_drawn_to_it() -> None:
    level_T = kept(0.5, white())
    best = chosen(level_T)
    (readings,) = best.readings
    centre_TH = best.anchor.centre(readings.level_T, readings.path_TP, readings.term_TS)
    left_H = [np.polyfit(level_T[100:], centre_H, 1)[0] for centre_H in centre_TH[100:].T]
    assert left_H == pytest.approx([0.5, 0.25, 0.125], abs=0.1)


def test_line_with_noise_gets_a_damped_trend_or_better() -> None:
    best = chosen(np.cumsum(0.3 + 0.02 * np.arange(BARS) + white()) + 5.0 * white(1))
    assert "damped trend" in best.anchor.name


def test_paths_that_are_not_used_are_not_read() -> None:
    best = chosen(np.cumsum(white()), paths=paths_of((24.0, 168.0), HORIZON))
    (readings,) = best.readings
    assert readings.path_TP.shape == (BARS, 0)
    assert best.anchor.weight_HJ.shape == (3, 3)


def test_seasons_that_are_kept_are_read_and_change_no_forecast() -> None:
    walk_T, paths = np.cumsum(white()), paths_of((24.0, 168.0), HORIZON)
    plain, rich = chosen(walk_T, paths=paths), chosen(walk_T, paths=paths, kept=paths[:2])
    assert rich.layout.paths == (Season(24), Season(168))
    encoded = []
    for each in (plain, rich):
        (readings,) = each.readings
        place = (readings.level_T, readings.path_TP, readings.term_TS)
        encoded.append((each.anchor.centre(*place), each.anchor.scale(readings.volatility_TJ)))
    assert encoded[0][0] == pytest.approx(encoded[1][0])
    assert encoded[0][1] == pytest.approx(encoded[1][1])


def test_sizes_that_differ_widely_are_read_in_logs() -> None:
    small_T = np.exp(kept(0.9, 0.2 * white()))
    assert chosen(small_T, 1e4 * small_T).layout.log
    assert not chosen(small_T - small_T.min() - 0.1).layout.log  # not all positive
    assert not chosen(100.0 + kept(0.9, white())).layout.log  # all of one size


def test_logs_are_not_taken_where_they_are_worse() -> None:
    assert not chosen(np.abs(kept(0.9, white())) + 0.01).layout.log


@pytest.mark.parametrize("log", [True, False])
def test_wish_for_logs_is_granted(log: bool) -> None:
    assert chosen(np.exp(0.2 * white()), log=log).layout.log is log


def test_choice_sees_the_same_rows_for_all_candidates() -> None:
    climate = Climatology((24.0,))
    layout = chosen(season() + white(), paths=(Season(24), climate)).layout
    assert settling(replace(layout, paths=(Season(168),)), BARS) == 168
    assert settling(replace(layout, paths=(Season(168),)), 200) == 20
    assert settling(replace(layout, paths=()), BARS) == 20


def test_one_freak_series_among_many_does_not_choose() -> None:
    walks = [np.cumsum(white(seed)) for seed in range(9)]
    best = chosen(*walks, 1e9 * season(), paths=paths_of((24.0,), HORIZON))
    assert "24 bars before" not in best.anchor.name.split(" and ")[0]


def test_prices_keep_the_random_walk_as_centre(
    simulate: Callable[..., pl.DataFrame],
) -> None:
    best = choose_prices(sequences(simulate(300)), 3, LEVELS)
    assert best.anchor.name.startswith("random walk")
    assert best.layout.paths == ()
    (readings,) = best.readings
    centre_TH = best.anchor.centre(readings.level_T, readings.path_TP, readings.term_TS)
    assert np.array_equal(centre_TH, np.repeat(readings.level_T[:, None], 3, axis=1))


def covered(level_T: np.ndarray, effect: float) -> Sequence:
    """With two columns known in advance, of which the first adds something now and then."""
    known_TK = np.random.default_rng(7).random((len(level_T), 2)) < 0.05
    value_TC = np.column_stack([level_T + effect * known_TK[:, 0], known_TK])
    columns = ("value", "known:promotion", "known:noise")
    return replace(made(level_T), columns=columns, value_TC=value_TC)


def test_effects_are_taken_off_before_anything_is_read() -> None:
    plain_T = season() + kept(0.7, white())
    paths = paths_of((24.0,), 3)
    best = choose_levels([covered(plain_T, 15.0)], 3, LEVELS, paths)
    assert best.layout.effects == pytest.approx((15.0, 0.0), abs=0.5)
    assert best.anchor.name == chosen(plain_T, paths=paths).anchor.name
    (readings,) = best.readings
    assert readings.level_T == pytest.approx(plain_T, abs=0.5)


def test_effects_on_logs_are_factors() -> None:
    level_T = season() / 5.0 + kept(0.7, 0.2 * white())
    row = covered(level_T, 0.8)
    row.value_TC[:, 0] = np.exp(row.value_TC[:, 0])
    best = choose_levels([row], 3, LEVELS, paths_of((24.0,), 3))
    assert best.layout.log
    assert best.layout.effects == pytest.approx((0.8, 0.0), abs=0.05)
    (readings,) = best.readings
    actual_T, centre_TH, _ = readings.around(best.anchor)
    assert actual_T == pytest.approx(np.log(row.target_T))
    on = row.known_TK[1:, 0] > 0.0
    error_T = (actual_T[1:] - centre_TH[:-1, 0])[200:]
    assert np.abs(error_T[on[200:]]).mean() < 1.3 * np.abs(error_T[~on[200:]]).mean()


def test_prices_and_plain_values_have_no_effects(
    simulate: Callable[..., pl.DataFrame],
) -> None:
    given = simulate(300).with_columns(news=pl.int_range(300) % 7 == 0)
    rows = sequences(given, None, Extra((), ("news",)))
    assert choose_prices(rows, 3, LEVELS).layout.effects == ()
    assert chosen(white()).layout.effects == ()


# -- logs that there are not ---------------------------------------------------------------------


def test_logs_of_values_that_have_none_are_refused() -> None:
    level_T = np.exp(0.1 * np.cumsum(white()))
    level_T[700] = -2.0
    with pytest.raises(DataError, match=r"log is True, and series '0' has -2 at 1970-01-30 04:00"):
        chosen(level_T, log=True)
    with pytest.raises(DataError, match=r"log is True, and series '1' has 0 at 1970-01-01; leave"):
        chosen(np.exp(white()), np.zeros(BARS), log=True)
    assert not chosen(level_T, log=False).layout.log


def test_a_meter_that_reads_nothing_for_a_while_has_logs() -> None:
    level_T = np.exp(0.1 * np.cumsum(white()))
    level_T[600:620] = 0.0
    best = chosen(level_T, log=True)
    assert best.layout.log
    for array in (best.anchor.weight_HJ, best.anchor.toward_HM, best.anchor.pull_HS):
        assert np.isfinite(array).all()
