"""Market data: exchanges and the store, joined."""

from foretell.market.fetching import fetch, fetched, plans
from foretell.market.following import Following
from foretell.market.order import Order
from foretell.market.results import Fetched, FetchedSymbol, Plan, Report
from foretell.market.running import whole

__all__ = [
    "Fetched",
    "FetchedSymbol",
    "Following",
    "Order",
    "Plan",
    "Report",
    "fetch",
    "fetched",
    "plans",
    "whole",
]
