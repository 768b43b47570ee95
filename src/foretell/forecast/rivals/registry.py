"""The rivals by name."""

from __future__ import annotations

import numpy as np

from foretell.forecast.rivals.climatology import Climatology
from foretell.forecast.rivals.drift import Drift
from foretell.forecast.rivals.ets import AutoETS
from foretell.forecast.rivals.ewma import EwmaVolatility
from foretell.forecast.rivals.garch import GarchT
from foretell.forecast.rivals.har import Har
from foretell.forecast.rivals.random_walk import RandomWalk
from foretell.forecast.rivals.rival import Rival
from foretell.forecast.rivals.seasonal_naive import SeasonalNaive
from foretell.forecast.rivals.theta import AutoTheta

__all__ = ["RIVALS", "rivals", "suited"]

# By the key that the command line takes, from the plainest to the heaviest.
RIVALS: dict[str, type[Rival]] = {
    "random-walk": RandomWalk,
    "drift": Drift,
    "seasonal-naive": SeasonalNaive,
    "climatology": Climatology,
    "ewma": EwmaVolatility,
    "har": Har,
    "garch": GarchT,
    "ets": AutoETS,
    "theta": AutoTheta,
}


def suited(*, priced: bool) -> list[str]:
    """Keys of the rivals that have something to say of prices, or of other sequences."""
    return [key for key, rival in RIVALS.items() if rival.of_prices or not priced]


def rivals(horizon: int, levels_K: np.ndarray) -> list[Rival]:
    """Return the rivals of every track record."""
    return [RandomWalk(horizon, levels_K), EwmaVolatility(horizon, levels_K)]
