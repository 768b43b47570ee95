"""Market data: exchanges and the store, joined."""

from foretell.market.fetching import fetch, fetched, plans
from foretell.market.following import Following, caught_up
from foretell.market.order import Order
from foretell.market.results import Fetched, FetchedSymbol, Plan, Report, Tell
from foretell.market.running import stepwise, whole

__all__ = [
    "Fetched",
    "FetchedSymbol",
    "Following",
    "Order",
    "Plan",
    "Report",
    "Tell",
    "caught_up",
    "fetch",
    "fetched",
    "plans",
    "stepwise",
    "whole",
]
