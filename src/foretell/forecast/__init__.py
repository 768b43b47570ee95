"""The forecaster and its forecasts."""

from foretell.forecast.engine import Trace
from foretell.forecast.forecast import Forecast, Outlook, quantile_names
from foretell.forecast.forecaster import Forecaster
from foretell.forecast.pinball import pinball
from foretell.forecast.preparation import targets
from foretell.forecast.quantiles import DEFAULT_LEVELS, QuantileCurve

__all__ = [
    "DEFAULT_LEVELS",
    "Forecast",
    "Forecaster",
    "Outlook",
    "QuantileCurve",
    "Trace",
    "pinball",
    "quantile_names",
    "targets",
]
