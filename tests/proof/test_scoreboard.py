"""All scores together: each is the mean of its own function, and skill compares them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from foretell.forecast import DEFAULT_LEVELS, pinball
from foretell.proof import scoreboard
from foretell.proof.distribution import crps, mean
from foretell.proof.scores import band_width, interval_score, qlike, squared_move

LEVELS = np.array(DEFAULT_LEVELS)


@pytest.fixture
def case() -> dict[str, np.ndarray]:
    """Sixty origins of three horizons, the last of which is not known for the last ten."""
    rng = np.random.default_rng(0)
    q_NHK = np.sort(rng.normal(size=(60, 3, len(LEVELS))), axis=-1)
    y_NH = rng.normal(size=(60, 3))
    y_NH[50:, 2] = np.nan
    return {
        "y_NH": y_NH,
        "q_NHK": q_NHK,
        "levels_K": LEVELS,
        "last_N": rng.normal(size=60),
        "scale_N": rng.uniform(1.0, 2.0, 60),
    }


def test_scores_are_means_over_what_is_known(case: dict[str, np.ndarray]) -> None:
    board = scoreboard(**case).by_horizon
    y, q, last_N1 = case["y_NH"], case["q_NHK"], case["last_N"][:, None]
    expected = {
        "pinball": np.nanmean(pinball(y, q, LEVELS), axis=0),
        "crps": np.nanmean(crps(y, q, LEVELS), axis=0),
        "mae": np.nanmean(abs(y - q[..., len(LEVELS) // 2]), axis=0),
        "rmse": np.sqrt(np.nanmean((y - mean(q, LEVELS)) ** 2, axis=0)),
        "mase": np.nanmean(abs(y - q[..., len(LEVELS) // 2]) / case["scale_N"][:, None], axis=0),
        "qlike": np.nanmean(qlike(squared_move(q, LEVELS, last_N1), (y - last_N1) ** 2), axis=0),
        "interval_0.8": np.nanmean(interval_score(y, q, LEVELS, 0.8), axis=0),
        "width_0.5": np.nanmean(band_width(q, LEVELS, 0.5) + 0.0 * y, axis=0),
        "coverage_0.9": np.nanmean(
            np.where(np.isnan(y), np.nan, (y >= q[..., 0]) & (y <= q[..., -1])), axis=0
        ),
    }
    for name, expected_H in expected.items():
        np.testing.assert_allclose(board[name], expected_H, rtol=1e-12)


def test_overall_every_horizon_weighs_the_same(case: dict[str, np.ndarray]) -> None:
    board = scoreboard(**case)
    for name in ("pinball", "mase", "coverage_0.5", "width_0.9"):
        assert board.overall[name] == pytest.approx(np.mean(board.by_horizon[name]))
    squares = np.square(board.by_horizon["rmse"])
    assert board.overall["rmse"] == pytest.approx(np.sqrt(np.mean(squares)))


def test_scores_that_need_more_than_quantiles_are_left_out(case: dict[str, np.ndarray]) -> None:
    board = scoreboard(case["y_NH"], case["q_NHK"], LEVELS)
    assert not {"qlike", "mase"} & set(board.overall)


def test_skill_by_hand(case: dict[str, np.ndarray]) -> None:
    own = scoreboard(**case)
    rival = scoreboard(**case | {"q_NHK": 2.0 * case["q_NHK"]})
    skill = own.skill_against(rival)
    expected = 1.0 - own.overall["crps"] / rival.overall["crps"]
    assert skill.overall["crps"] == pytest.approx(expected)
    assert skill.overall["qlike"] == pytest.approx(rival.overall["qlike"] - own.overall["qlike"])
    last = 1.0 - own.by_horizon["mae"][2] / rival.by_horizon["mae"][2]
    assert skill.by_horizon["mae"][2] == pytest.approx(last)
    assert not [name for name in skill.overall if "coverage" in name or "width" in name]


def test_skill_against_oneself_is_nothing(case: dict[str, np.ndarray]) -> None:
    board = scoreboard(**case)
    assert set(board.skill_against(board).overall.values()) == {0.0}


def test_a_horizon_without_targets_has_no_scores(case: dict[str, np.ndarray]) -> None:
    case["y_NH"][:, 1] = np.nan
    board = scoreboard(**case).by_horizon
    assert all(np.isnan(each[1]) and np.isfinite(each[0]) for each in board.values())


def test_scores_can_be_written(case: dict[str, np.ndarray]) -> None:
    board = scoreboard(**case)
    assert json.loads(json.dumps(board.to_dict()))["overall"] == board.overall
