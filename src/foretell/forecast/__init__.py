"""The forecaster and its forecasts."""

from foretell.forecast.engine import Trace
from foretell.forecast.forecast import Forecast, Outlook, quantile_names
from foretell.forecast.forecaster import Forecaster
from foretell.forecast.pinball import pinball
from foretell.forecast.quantiles import DEFAULT_LEVELS, QuantileCurve, means
from foretell.forecast.rivals import RIVALS, FallbackWarning, Rival, rivals, suited
from foretell.forecast.shape import shaped
from foretell.forecast.targets import level, targets

__all__ = [
    "DEFAULT_LEVELS",
    "RIVALS",
    "FallbackWarning",
    "Forecast",
    "Forecaster",
    "Outlook",
    "QuantileCurve",
    "Rival",
    "Trace",
    "level",
    "means",
    "pinball",
    "quantile_names",
    "rivals",
    "shaped",
    "suited",
    "targets",
]
