"""How much of a Sharpe ratio is left once the search that found it is taken into account.

Sharpe ratios here are those of one bar unless it is said that they are annual. Axes: T bars,
N trials, S blocks of bars, C ways to halve the blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import e, inf, sqrt
from statistics import NormalDist

import numpy as np

from foretell.errors import ShortHistory, UsageError

__all__ = [
    "DeflatedSharpe",
    "Moments",
    "Overfitting",
    "deflated_sharpe",
    "expected_maximum",
    "minimum_backtest_length",
    "minimum_track_record",
    "overfitting_probability",
    "probabilistic_sharpe",
]

EULER_MASCHERONI = 0.5772156649015329
NORMAL = NormalDist()


@dataclass(frozen=True)
class Moments:
    """What the tests below need to know of a run of returns.

    Attributes
    ----------
    observations : int
    sharpe : float
        Mean over standard deviation, of one bar.
    skewness : float
    kurtosis : float
        3 for a normal distribution.
    """

    observations: int
    sharpe: float
    skewness: float = 0.0
    kurtosis: float = 3.0

    @classmethod
    def of(cls, return_T: np.ndarray) -> Moments:
        """Measure simple returns of single bars, shape (T,); all equal, they have a Sharpe of 0.

        Raises
        ------
        ShortHistory
            Fewer than two returns.
        """
        count = len(return_T)
        if count < 2:
            message = f"{count} returns have no Sharpe ratio; give at least 2"
            raise ShortHistory(message)
        if np.ptp(return_T) == 0.0:
            return cls(count, 0.0)
        mean = float(return_T.mean())
        z_T = (return_T - mean) / return_T.std()
        sharpe = mean / float(return_T.std(ddof=1))
        return cls(count, sharpe, float((z_T**3).mean()), float((z_T**4).mean()))

    @property
    def variance(self) -> float:
        """Variance of the estimated Sharpe ratio, times ``observations - 1`` (2012, eq. 4)."""
        return max(
            1.0 - self.skewness * self.sharpe + (self.kurtosis - 1.0) / 4.0 * self.sharpe**2,
            1e-12,
        )


def probabilistic_sharpe(moments: Moments, benchmark: float = 0.0) -> float:
    """Probability that the true Sharpe ratio is above a benchmark.

    Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (Journal of Risk 15, 2012).
    Returns are taken as independent from bar to bar.

    Parameters
    ----------
    moments : Moments
    benchmark : float
        Of one bar.
    """
    distance = (moments.sharpe - benchmark) * sqrt(moments.observations - 1.0)
    return NORMAL.cdf(distance / sqrt(moments.variance))


def minimum_track_record(
    moments: Moments, benchmark: float = 0.0, confidence: float = 0.95
) -> float:
    """Bars needed before `probabilistic_sharpe` reaches a confidence (2012, eq. 13).

    Infinite where the Sharpe ratio is not above the benchmark.
    """
    lead = moments.sharpe - benchmark
    if lead <= 0.0:
        return inf
    return 1.0 + moments.variance * (NORMAL.inv_cdf(confidence) / lead) ** 2


def expected_maximum(trials: int) -> float:
    """Highest of so many independent standard normals, on average; 0 for a single one.

    An approximation, close from about five on (Bailey, Borwein, Lopez de Prado and Zhu,
    Pseudo-Mathematics and Financial Charlatanism, Notices of the AMS 61, 2014).
    """
    if trials < 1:
        message = f"{trials} trials; this very one is a trial, so give at least 1"
        raise UsageError(message)
    if trials == 1:
        return 0.0
    highest = NORMAL.inv_cdf(1.0 - 1.0 / trials)
    beyond = NORMAL.inv_cdf(1.0 - 1.0 / (trials * e))
    return (1.0 - EULER_MASCHERONI) * highest + EULER_MASCHERONI * beyond


def minimum_backtest_length(trials: int, sharpe: float = 1.0) -> float:
    """Years of data below which so many skill-less trials are expected to show a Sharpe ratio.

    Parameters
    ----------
    trials : int
    sharpe : float
        Annual. The same paper, theorem 2.
    """
    return (expected_maximum(trials) / sharpe) ** 2


@dataclass(frozen=True)
class DeflatedSharpe:
    """A Sharpe ratio against the best that luck would have found.

    Attributes
    ----------
    probability : float
        That the true Sharpe ratio is above `benchmark`; 0.95 and more is usually asked for.
    benchmark : float
        Best Sharpe ratio, of one bar, to be expected of so many trials without any skill.
    trials : int
    """

    probability: float
    benchmark: float
    trials: int


def deflated_sharpe(moments: Moments, trials: int, variance: float | None = None) -> DeflatedSharpe:
    """Probability that a Sharpe ratio is more than the luck of the search that found it.

    Bailey and Lopez de Prado, The Deflated Sharpe Ratio (Journal of Portfolio Management 40,
    2014): the probabilistic Sharpe ratio against the expected maximum of all trials.

    Parameters
    ----------
    moments : Moments
        Of the trial that was selected.
    trials : int
        How many there were, this one included: see `foretell.proof.Ledger.trials`.
    variance : float, optional
        Of the trials' Sharpe ratios, of one bar. By default that of the estimate itself where
        there is no skill, ``1 / (observations - 1)``.
    """
    if variance is None:
        variance = 1.0 / (moments.observations - 1.0)
    benchmark = sqrt(variance) * expected_maximum(trials)
    return DeflatedSharpe(probabilistic_sharpe(moments, benchmark), benchmark, trials)


@dataclass(frozen=True)
class Overfitting:
    """What came of picking the best trial on one half of the bars and holding it on the other.

    Attributes
    ----------
    probability : float
        Share of splits whose pick did no better than the median of all trials afterwards.
    loss : float
        Share of splits whose pick lost money afterwards.
    logit_C : ndarray of float64, shape (C,)
        Log odds of the pick's rank among all trials, split by split; 0 is the median.
    """

    probability: float
    loss: float
    logit_C: np.ndarray


def overfitting_probability(return_TN: np.ndarray, blocks: int = 16) -> Overfitting:
    """Probability of backtest overfitting by combinatorially symmetric cross-validation.

    Bailey, Borwein, Lopez de Prado and Zhu, The Probability of Backtest Overfitting (Journal of
    Computational Finance 20, 2017): the bars are cut into blocks, and every way to take half of
    them is tried. The pick is the trial with the best Sharpe ratio on that half.

    Parameters
    ----------
    return_TN : ndarray of float64, shape (T, N)
        Simple returns of all trials over the same bars. The oldest bars that do not fill a
        block are left out.
    blocks : int
        Even; 16 give 12,870 splits.

    Raises
    ------
    UsageError
        An odd number of blocks, fewer than two trials or returns that are not finite.
    ShortHistory
        Fewer than two bars a block.
    """
    _check(return_TN, blocks)
    size = len(return_TN) // blocks
    block_SPN = return_TN[-size * blocks :].reshape(blocks, size, -1)
    chosen_CS = _halves(blocks)
    inside_CN = _sharpes(block_SPN, chosen_CS)
    outside_CN = _sharpes(block_SPN, ~chosen_CS)
    pick_C = inside_CN.argmax(axis=1)
    picked_C1 = np.take_along_axis(outside_CN, pick_C[:, None], axis=1)
    below_C = (outside_CN < picked_C1).sum(axis=1)
    equal_C = (outside_CN == picked_C1).sum(axis=1)
    rank_C = below_C + (equal_C + 1.0) / 2.0  # equals share their mean rank
    share_C = rank_C / (return_TN.shape[1] + 1.0)
    logit_C = np.log(share_C / (1.0 - share_C))
    return Overfitting(
        probability=float((logit_C <= 0.0).mean()),
        loss=float((picked_C1 < 0.0).mean()),
        logit_C=logit_C,
    )


def _check(return_TN: np.ndarray, blocks: int) -> None:
    if blocks < 2 or blocks % 2:
        message = f"{blocks} blocks cannot be halved; give an even number, such as 16"
        raise UsageError(message)
    if return_TN.ndim != 2 or return_TN.shape[1] < 2:
        message = f"returns of shape {return_TN.shape}; give bars by at least 2 trials"
        raise UsageError(message)
    if len(return_TN) < 2 * blocks:
        message = f"{len(return_TN)} bars for {blocks} blocks; give {2 * blocks} or fewer blocks"
        raise ShortHistory(message)
    if not np.isfinite(return_TN).all():
        message = "returns that are not finite; give trials that share all their bars"
        raise UsageError(message)


def _halves(blocks: int) -> np.ndarray:
    """Every way to choose half of the blocks, shape (C, S)."""
    ways = np.array(list(combinations(range(blocks), blocks // 2)))
    chosen_CS = np.zeros((len(ways), blocks), dtype=bool)
    np.put_along_axis(chosen_CS, ways, values=True, axis=1)
    return chosen_CS


def _sharpes(block_SPN: np.ndarray, chosen_CS: np.ndarray) -> np.ndarray:
    """Sharpe ratio of each trial over the chosen blocks; 0 for one that never moved."""
    count = chosen_CS[0].sum() * block_SPN.shape[1]
    weight_CS = chosen_CS.astype(float)
    mean_CN = weight_CS @ block_SPN.sum(axis=1) / count
    square_CN = weight_CS @ (block_SPN**2).sum(axis=1) / count
    spread_CN = np.sqrt(np.maximum(square_CN - mean_CN**2, 0.0))
    moved_CN = spread_CN > 1e-9 * np.sqrt(square_CN)
    sharpe_CN: np.ndarray = np.divide(
        mean_CN, spread_CN, out=np.zeros_like(mean_CN), where=moved_CN
    )
    return sharpe_CN
