"""Periods that a series shows: peaks of its periodogram above red noise.

A wandering series has a large slow part, and a mere periodogram would take it for seasons. So a
peak is held against what an autoregression of order one with the series' own first
autocorrelation would have there (Torrence and Compo, Bulletin of the American Meteorological
Society 79, 1998, eq. 16), with a threshold for the largest of all frequencies.

Axes: T time, F frequencies, K regressors.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["detected_periods"]

FEWEST_BARS = 30
CYCLES = 2.0  # of a period, in the series
MOST_PERIODS = 3
SMALLEST = 1e-18  # variance of a series that moves
LEVEL = 0.0001  # chance of a peak where there is none, over all frequencies of a series
WAVES = 12  # of a period, that are taken out before the next is looked for
SHARP = 3  # of them, that place it
NEAR = 0.04  # of a found period or part of it: there a season that swells and fades has its own
MULTIPLES = 16  # of a peak, one of which may be the whole season
PART = 0.5  # of a multiple's autocorrelation, that a season within it has
BETTER = 0.05  # by which the autocorrelation at a multiple has to be larger


def detected_periods(level_T: np.ndarray) -> tuple[float, ...]:
    """Find up to three periods, the strongest first.

    Parameters
    ----------
    level_T : ndarray of float64
        Of one series; a straight line through it is taken out.

    Returns
    -------
    tuple of float
        In bars, from 2 on. One of about half of the series may turn out longer than that.
    """
    bars = len(level_T)
    rest_T = _without(level_T, np.arange(bars)[:, None] / bars)
    found: list[float] = []
    while bars >= FEWEST_BARS and len(found) < MOST_PERIODS:
        peak = _peak(rest_T, found)
        if peak is None:
            break
        found += [_refined(rest_T, season) for season in _seasons(rest_T, peak)]
        for season in found:
            rest_T = _without(rest_T, _waves(season, bars, WAVES))
    return tuple(found)


def _without(level_T: np.ndarray, design_TK: np.ndarray) -> np.ndarray:
    """Residual of least squares on a constant and some regressors."""
    design_TK = np.column_stack([np.ones(len(level_T)), design_TK])
    fit_K = np.linalg.lstsq(design_TK, level_T, rcond=None)[0]
    rest_T: np.ndarray = level_T - design_TK @ fit_K
    return rest_T


def _waves(period: float, bars: int, most: int) -> np.ndarray:
    """Sines and cosines of a period and its parts, shape (T, K)."""
    waves = np.arange(1, min(most, int(period // 2)) + 1)
    angle_TW = 2.0 * np.pi / period * np.arange(bars)[:, None] * waves
    return np.hstack([np.sin(angle_TW), np.cos(angle_TW)])


def _peak(rest_T: np.ndarray, found: list[float]) -> float | None:
    """Period of the frequency that stands out most and is no part of a found one."""
    bars = len(rest_T)
    if float(rest_T.var()) <= SMALLEST:
        return None
    power_F = np.abs(np.fft.rfft(rest_T))[1:] ** 2 / bars
    ratio_F = power_F / _noise(rest_T, len(power_F))
    ratio_F[: math.ceil(CYCLES) - 1] = 0.0
    for period in found:
        part_F = np.arange(1, len(power_F) + 1) / bars * period  # 1, 2, ... at it and its parts
        ratio_F[np.abs(part_F - np.maximum(part_F.round(), 1.0)) <= NEAR] = 0.0
    best = int(np.argmax(ratio_F))
    period = bars / (best + 1.0)
    # A strong wave makes the whole series look redder than the noise around it is.
    around_T = _without(rest_T, _waves(period, bars, 1))
    ratio = power_F[best] / _noise(around_T, len(power_F))[best]
    # Without a season the ratio is exponential with mean one.
    return period if len(power_F) * math.exp(-min(ratio, 700.0)) < LEVEL else None


def _noise(rest_T: np.ndarray, frequencies: int) -> np.ndarray:
    """Spectrum of an autoregression of order one with the variance and memory of a series."""
    variance = max(float(rest_T.var()), SMALLEST)
    memory = float(rest_T[1:] @ rest_T[:-1] / (len(rest_T) * variance))
    memory = min(max(memory, 0.0), 0.9999)
    angle_F = 2.0 * np.pi * np.arange(1, frequencies + 1) / len(rest_T)
    red_F = (1.0 - memory**2) / (1.0 + memory**2 - 2.0 * memory * np.cos(angle_F))
    spectrum_F: np.ndarray = variance * red_F
    return spectrum_F


def _seasons(rest_T: np.ndarray, peak: float) -> list[float]:
    """The peak's period, the multiple of it at which the series repeats itself best, or both.

    A day of hours in a week of days is a season of its own; a wave that only makes up the shape
    of a longer season is none.
    """
    own = score = _autocorrelation(rest_T, peak)
    best = peak
    for times in range(2, MULTIPLES + 1):
        if CYCLES * times * peak > len(rest_T):
            break
        other = _autocorrelation(rest_T, times * peak)
        if other > score + BETTER:
            best, score = times * peak, other
    both = best != peak and own > PART * score
    return [peak, best] if both else [best]


def _autocorrelation(rest_T: np.ndarray, lag: float) -> float:
    """Largest within the resolution that so many cycles have around a lag."""
    bars = len(rest_T)
    around = max(1, round(0.5 * lag * lag / bars))
    lags = range(max(1, round(lag) - around), min(round(lag) + around, bars - 2) + 1)
    scores = [np.corrcoef(rest_T[each:], rest_T[:-each])[0, 1] for each in lags]
    return float(np.nanmax(scores))


def _refined(rest_T: np.ndarray, period: float) -> float:
    """The period near by whose waves explain most; a whole number where none is clearly better."""
    bars = len(rest_T)
    step = period * period / bars  # to the next frequency of the periodogram
    grid = np.clip(period + step * np.linspace(-0.75, 0.75, 31), 2.0, bars)
    left = [float((_without(rest_T, _waves(each, bars, SHARP)) ** 2).sum()) for each in grid]
    best = float(grid[int(np.argmin(left))])
    whole = float(max(round(best), 2))
    return whole if abs(best - whole) <= max(0.1 * step, 0.02) else best
