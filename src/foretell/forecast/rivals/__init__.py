"""The forecasters that a record compares with, one a file."""

from foretell.forecast.rivals.climatology import Climatology
from foretell.forecast.rivals.drift import Drift
from foretell.forecast.rivals.ets import AutoETS
from foretell.forecast.rivals.ewma import EwmaVolatility
from foretell.forecast.rivals.garch import GarchT
from foretell.forecast.rivals.har import Har
from foretell.forecast.rivals.random_walk import RandomWalk
from foretell.forecast.rivals.registry import RIVALS, rivals, suited
from foretell.forecast.rivals.rival import FallbackWarning, Rival
from foretell.forecast.rivals.seasonal_naive import SeasonalNaive
from foretell.forecast.rivals.theta import AutoTheta

__all__ = [
    "RIVALS",
    "AutoETS",
    "AutoTheta",
    "Climatology",
    "Drift",
    "EwmaVolatility",
    "FallbackWarning",
    "GarchT",
    "Har",
    "RandomWalk",
    "Rival",
    "SeasonalNaive",
    "rivals",
    "suited",
]
