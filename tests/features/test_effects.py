"""Effects of known columns: found where they are, next to nothing where they are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from foretell.features import (
    Climatology,
    DampedTrend,
    Layout,
    Path,
    Season,
    fitted_effects,
    single,
)
from foretell.series import Extra, Sequence, sequences


def simulated(seed: int, effect: float, count: int = 600) -> Sequence:
    """A wandering value with a season of 24, and two known columns, the first with an effect."""
    rng = np.random.default_rng(seed)
    x_TK = np.stack([rng.random(count) < 0.05, rng.normal(size=count)], axis=1).astype(float)
    season = 4.0 * np.sin(2 * np.pi * np.arange(count) / 24)
    value = season + np.cumsum(rng.normal(size=count)) + effect * x_TK[:, 0]
    frame = pl.DataFrame({"time": 3_600 * np.arange(count), "value": value})
    columns = {f"x{k}": x_T for k, x_T in enumerate(x_TK.T)}
    return sequences(frame.with_columns(**columns), None, Extra((), ("x0", "x1")))[0]


def effects(
    rows: list[Sequence], paths: tuple[Path, ...] = (), *, log: bool = False
) -> tuple[float, ...]:
    """Around the last value, or half of the way to the paths."""
    anchor = single("", 3, 3 + 3 * len(paths), chosen=0)
    anchor = replace(anchor, toward_HM=np.full((3, len(paths)), 0.5))
    return fitted_effects(Layout(rows[0].columns, 3, log, paths), anchor, rows)


PATHS = {
    "last value": (),
    "season": (Season(24),),
    "climatology": (Climatology((24.0,)),),
    "trend": (DampedTrend(0.5, 0.1, 0.9),),
}


@pytest.mark.parametrize("centre", PATHS)
def test_planted_effect_is_found_whatever_the_centre(centre: str) -> None:
    found = effects([simulated(seed, 8.0) for seed in range(2)], PATHS[centre])
    assert found[0] == pytest.approx(8.0, abs=0.8)
    assert abs(found[1]) < 0.2


def test_effect_on_logs_is_that_on_the_logarithm() -> None:
    rows = [simulated(seed, 8.0) for seed in range(2)]
    logs = [replace(row, value_TC=row.value_TC * [0.05, 1.0, 1.0]) for row in rows]
    values = [replace(row, value_TC=np.exp(row.value_TC * [1, 0, 0]) + row.value_TC * [0, 1, 1])
              for row in logs]  # fmt: skip
    assert effects(values, log=True) == pytest.approx(effects(logs), abs=1e-9)
    assert effects(values, log=True)[0] == pytest.approx(0.4, abs=0.04)


def test_noise_has_next_to_no_effect() -> None:
    found = np.array([effects([simulated(seed, 0.0)]) for seed in range(20)])
    assert (found == 0.0).mean() > 0.8
    assert np.abs(found[:, 1]).max() < 0.2


def test_columns_that_say_the_same_share_an_effect() -> None:
    row = simulated(0, 8.0)
    value_TC = row.value_TC.copy()
    value_TC[:, 2] = value_TC[:, 1]
    assert sum(effects([replace(row, value_TC=value_TC)])) == pytest.approx(8.0, abs=1.0)


def test_a_constant_column_has_none() -> None:
    row = simulated(0, 8.0)
    value_TC = row.value_TC.copy()
    value_TC[:, 2] = 1.0
    assert effects([replace(row, value_TC=value_TC)])[1] == 0.0
