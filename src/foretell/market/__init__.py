"""Market data: exchanges and the store, joined."""

from foretell.market.fetching import fetch
from foretell.market.results import Fetched, Plan, Report

__all__ = ["Fetched", "Plan", "Report", "fetch"]
