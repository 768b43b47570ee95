"""foretell: probabilistic forecasts of prices and other sequences, each with its track record."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from foretell import errors, samples
from foretell.forecast import Forecast, Forecaster

__all__ = ["Forecast", "Forecaster", "__version__", "errors", "samples"]

try:
    __version__ = version("foretell")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0"
