"""The competition's scores and references."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from m4_data import HOURLY, WEEKLY, Collection, Kind, load, published
from owa import Errors, errors, is_seasonal, mase, naive, naive2, smape, snaive

DATA = Path(__file__).resolve().parents[3] / "shared/data/m4"
THOUSANDTH = 0.0005 + 1e-9  # figures are published with three decimals


def test_smape_by_hand() -> None:
    # 200 * 10 / 190 and 200 * 10 / 210
    assert smape(np.array([100.0, 100.0]), np.array([90.0, 110.0])) == pytest.approx(
        (2000 / 190 + 2000 / 210) / 2
    )


def test_mase_divides_by_the_seasonal_naive_error_of_the_history() -> None:
    history_N = np.array([1.0, 5.0, 2.0, 7.0])  # two bars back: 1 and 2
    assert mase(np.array([4.0]), np.array([7.0]), history_N, 2) == pytest.approx(3.0 / 1.5)


def test_owa_is_one_for_naive2_and_taken_of_the_means() -> None:
    reference = Errors(smape=10.0, mase=2.0)
    assert reference.owa(reference) == 1.0
    assert Errors(5.0, 3.0).owa(reference) == pytest.approx((0.5 + 1.5) / 2)
    ours = errors(
        [np.array([1.0]), np.array([10.0])],
        [np.array([2.0]), np.array([10.0])],
        [np.array([1.0, 2.0]), np.array([1.0, 3.0])],
        1,
    )
    assert ours == pytest.approx((200 / 3 / 2, 0.5))


def test_naive2_finds_a_season_that_is_multiplied() -> None:
    # Level 10, phases 1.5, 1, 0.5, and then the forecasts go on with the pattern.
    history_N = np.tile([15.0, 10.0, 5.0], 20)[:-1]
    assert is_seasonal(history_N, 3)
    assert naive2(history_N, 4, 3) == pytest.approx([5.0, 15.0, 10.0, 5.0])


def test_naive2_of_an_even_season_under_a_trend() -> None:
    # A centred mean of an even season halves its ends: a straight line passes it unchanged.
    line_N = np.arange(100.0, 180.0)
    shape_N = np.tile([1.2, 0.8, 0.9, 1.1], 20)
    history_N = line_N * shape_N
    ahead_H = 179.0 * np.array([1.2, 0.8, 0.9, 1.1, 1.2])
    assert naive2(history_N, 5, 4) == pytest.approx(ahead_H, rel=0.02)


def test_naive2_without_a_season_is_naive() -> None:
    noise_N = np.random.default_rng(1).normal(100.0, 1.0, 300)
    assert not is_seasonal(noise_N, 12)
    assert (naive2(noise_N, 3, 12) == noise_N[-1]).all()
    assert not is_seasonal(np.tile([1.0, 9.0], 12), 12)  # fewer than three seasons


PUBLISHED = [
    (HOURLY, "Naive", (43.003, 11.608, 3.593)),
    (HOURLY, "sNaive", (13.912, 1.193, 0.6275)),
    (HOURLY, "Naive2", (18.383, 2.395, 1.0)),
    (WEEKLY, "Naive", (9.161, 2.777, 1.0)),
]


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no data at {DATA}")
@pytest.mark.parametrize(("kind", "entry", "figures"), PUBLISHED)
def test_published_rows_are_reproduced(
    kind: Kind, entry: str, figures: tuple[float, float, float]
) -> None:
    """As the README of the data and the competition's own table have them."""
    collection = load(DATA, kind)
    reference = _errors_of("Naive2", collection)
    ours = _errors_of(entry, collection)
    assert (*ours, ours.owa(reference)) == pytest.approx(figures, abs=THOUSANDTH)
    theirs = published(DATA, kind)
    assert ours == pytest.approx(theirs[entry], abs=THOUSANDTH)


def _errors_of(entry: str, collection: Collection) -> Errors:
    kind = collection.kind
    forecasts = {
        "Naive": lambda past: naive(past, kind.horizon),
        "sNaive": lambda past: snaive(past, kind.horizon, kind.season),
        "Naive2": lambda past: naive2(past, kind.horizon, kind.season),
    }
    ahead = [forecasts[entry](history) for history in collection.histories]
    return errors(ahead, collection.actuals, collection.histories, kind.season)
