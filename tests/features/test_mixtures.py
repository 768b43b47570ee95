"""Plain forecasts weighed by their errors: each member by hand, and who gets the weight."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.features import Mixture
from foretell.features.mixtures import Members
from foretell.features.paths import Recursion


def after(mixture: Mixture, values: np.ndarray, bars: int = 1) -> Recursion:
    recursion = mixture.start()
    for value in values.tolist():
        recursion.step(value, bars)
    return recursion


def by_hand(y_T: np.ndarray, horizon: int, lag: int, window: int, line: int) -> np.ndarray:
    """One member, written out for each bar ahead."""
    now, ahead = len(y_T), []
    for step in range(1, horizon + 1):
        seasons = -(-step // lag)
        level = y_T[now - 1 + step - lag * seasons]
        if window and lag > 1:
            then = now - lag
            level += y_T[now - window :].mean() - y_T[then - window : then].mean()
        elif window:
            level = y_T[now - window :].mean()
        if line:
            level += step * (y_T[-1] - y_T[-1 - line]) / line
        ahead.append(level)
    return np.array(ahead)


def listed(horizon: int, periods: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """The members that the docstring of the module names."""
    kinds = [(1, 0, 0)]
    kinds += [(1, max(2, round(share * horizon)), 0) for share in (1 / 3, 2 / 3, 4 / 3)]
    kinds += [(1, 0, 2 * horizon), (1, 0, 8 * horizon)]
    for shorter, period in zip((1, *periods), periods, strict=False):
        for times in (1, 2, 3):
            kinds += [(times * period, window, 0) for window in (0, shorter, period)]
    return kinds


@pytest.mark.parametrize(("horizon", "periods"), [(5, ()), (3, (7,)), (9, (4, 12))])
def test_every_member_by_hand(horizon: int, periods: tuple[int, ...]) -> None:
    y_T = np.random.default_rng(0).normal(size=200).cumsum()
    members = Members(horizon, periods)
    ways_MH = members.ways(y_T[-members.bars :])
    expected_MH = [by_hand(y_T, horizon, *kind) for kind in listed(horizon, periods)]
    assert ways_MH == pytest.approx(np.array(expected_MH))


def test_season_without_noise_gets_all_the_weight() -> None:
    profile = np.random.default_rng(1).normal(size=6)
    recursion = after(Mixture(4, (6,)), np.tile(profile, 20))
    assert recursion.ahead(4, 0.0) == pytest.approx(profile[:4].tolist(), abs=1e-6)


def test_straight_line_is_continued() -> None:
    recursion = after(Mixture(4), 3.0 + 0.5 * np.arange(200.0))
    assert recursion.ahead(4, 0.0) == pytest.approx([103.0, 103.5, 104.0, 104.5], abs=1e-6)


def test_two_good_members_share_by_the_fourth_power_of_their_errors() -> None:
    """Of a walk without trend or season the last level misses least, then the shortest mean."""
    mixture, y_T = Mixture(3), np.random.default_rng(2).normal(size=300).cumsum()
    members, reach = mixture.members, mixture.reach
    past_TN = [np.pad(y_T[: n + 1], (members.bars, 0))[-members.bars :] for n in range(300)]
    said_TM = np.array([members.ways(past_N)[:, reach - 1] for past_N in past_TN])
    error_TM = np.abs(said_TM[:-reach] - y_T[reach:, None])
    error_TM[np.arange(1, 301 - reach)[:, None] < members.needed_M] = 0.0
    weight_TM = (error_TM > 0.0) * 0.99 ** np.arange(len(error_TM))[::-1, None]
    mean_M = (weight_TM * error_TM).sum(axis=0) / weight_TM.sum(axis=0)
    share_M = mean_M**-4 / (mean_M**-4).sum()
    expected_H = share_M @ members.ways(past_TN[-1])
    assert after(mixture, y_T).ahead(3, 0.0) == pytest.approx(expected_H.tolist())
    assert 0.1 < share_M[0] == share_M.max() < 0.9


def test_unit_of_the_levels_does_not_matter() -> None:
    y_T = np.random.default_rng(3).normal(size=80).cumsum()
    plain = after(Mixture(3, (5,)), y_T).ahead(3, 0.0)
    for unit in (1e-9, 1e9):
        scaled = after(Mixture(3, (5,)), unit * y_T).ahead(3, 0.0)
        assert scaled == pytest.approx([unit * each for each in plain])


def test_before_anything_is_known_the_last_level_is_repeated() -> None:
    recursion = after(Mixture(3, (5,)), np.array([7.0, 8.0]))
    assert recursion.ahead(3, 8.0) == [8.0, 8.0, 8.0]
    assert recursion.expected(8.0) == 7.0  # two bars ahead of the first
    assert Mixture(3).start().expected(5.0) == 5.0


def test_expected_is_what_was_said_when_errors_are_measured() -> None:
    mixture, y_T = Mixture(6, (4,)), np.random.default_rng(4).normal(size=60)
    assert mixture.reach == 3
    before = after(mixture, y_T[:58])
    assert after(mixture, y_T).expected(0.0) == before.ahead(6, 0.0)[2]


@pytest.mark.parametrize(
    ("horizon", "periods", "reach"),
    [(48, (24, 168), 32), (13, (52,), 9), (36, (24,), 18), (1, (7,), 1), (14, (7,), 9), (6, (), 4)],
)
def test_errors_are_not_measured_where_seasons_are_in_phase(
    horizon: int, periods: tuple[int, ...], reach: int
) -> None:
    assert Mixture(horizon, periods).reach == reach


def test_missing_bar_is_as_it_was_expected() -> None:
    profile = np.array([0.0, 5.0, 1.0, 3.0])
    recursion = after(Mixture(3, (4,)), np.tile(profile, 20))
    recursion.step(1.0, 3)  # two bars are missing
    assert recursion.ahead(3, 1.0) == pytest.approx([3.0, 0.0, 5.0], abs=1e-6)


def test_constant_sequence_stays_what_it_is() -> None:
    assert after(Mixture(3, (4,)), np.full(50, 9.0)).ahead(3, 9.0) == pytest.approx([9.0] * 3)


def test_state_goes_on_where_it_was() -> None:
    mixture, y_T = Mixture(4, (5,)), np.random.default_rng(5).normal(size=70)
    whole, first, second = after(mixture, y_T), after(mixture, y_T[:40]), mixture.start()
    assert len(mixture.start().state()) == len(first.state())
    second.restore(first.state())
    for value in y_T[40:].tolist():
        second.step(value, 1)
    assert second.state() == whole.state()
    assert second.ahead(4, 0.0) == whole.ahead(4, 0.0)
