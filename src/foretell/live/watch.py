"""`ft.watch`: every bar as it closes, with the forecast from it and what became of earlier ones."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from foretell.errors import UsageError
from foretell.forecast import Forecaster
from foretell.live.consistency import expected
from foretell.live.entries import Entry, Key
from foretell.live.ledger import LiveLedger, place_of
from foretell.live.outcomes import Outcome, Outcomes
from foretell.live.watching import Watcher, check_same
from foretell.market import Following, Order, stepwise
from foretell.series import frequency
from foretell.store import Store

__all__ = ["Watched", "forgotten", "watch", "watched"]


@dataclass(frozen=True)
class Watched:
    """A bar that has closed.

    Attributes
    ----------
    entry : Entry
        The bar, and the forecast from it, as they stand in the ledger.
    due : list of Outcome
        What this bar decides of earlier forecasts.
    outcomes : Outcomes
        All that was decided so far.
    late : bool
        Whether the next bar had closed already when the forecast was entered.
    """

    entry: Entry
    due: list[Outcome]
    outcomes: Outcomes
    late: bool = False


def watch(
    symbol: str,
    model: Forecaster | str | Path,
    exchange: str = "binance",
    timeframe: str = "1h",
    *,
    store: Store | None = None,
    ledger: str | Path | None = None,
    base_url: str | None = None,
    tell: Callable[[str], None] = print,
) -> Iterator[Watched]:
    """Follow a symbol: store each bar that closes, forecast from it, and keep the record.

    Bars that have closed since the last call with the same ledger come first. It does not end by
    itself; each forecast is in the ledger, on the disk, before it is given out.

    Parameters
    ----------
    symbol : str
        As ccxt writes it, such as ``"BTC/USDT"``.
    model : Forecaster or path
        Fitted on candles of the same timeframe.
    exchange : str, optional
        One of ccxt's.
    timeframe : str, optional
    store : Store, optional
    ledger : path, optional
        By default a file in the user's data folder, named by the series and the model.
    base_url : str, optional
        Scheme and host of a mirror, a test network or a proxy.
    tell : callable, optional
        Called with a sentence when something goes wrong that is waited for.

    Yields
    ------
    Watched

    Raises
    ------
    ExchangeError
        The exchange does not answer at the beginning.
    LedgerError
        The ledger is damaged, of another model, or in use.
    StoreError
        The store cannot be written.

    Examples
    --------
    >>> for bar in watch("BTC/USDT", "btc.safetensors"):  # doctest: +SKIP
    ...     print(bar.entry.time, bar.outcomes.coverage(0.8))
    """
    fitted = model if isinstance(model, Forecaster) else Forecaster.load(model)
    order = Order(symbol, exchange, timeframe, base_url=base_url)
    place = place_of((exchange, symbol, timeframe), fitted.fingerprint())
    kept = LiveLedger(place if ledger is None else Path(ledger))
    yield from stepwise(watched(order, fitted, store or Store(), kept, tell))


def forgotten(_before: list[Watched]) -> None:
    """Do nothing with what had been watched before."""


async def watched(
    order: Order,
    model: Forecaster,
    store: Store,
    ledger: LiveLedger,
    tell: Callable[[str], None],
    recall: Callable[[list[Watched]], None] = forgotten,
) -> AsyncGenerator[Watched]:
    """Follow one symbol, for code that is asynchronous itself; see `watch`.

    Parameters
    ----------
    order : Order
        Of one symbol.
    model : Forecaster
    store : Store
    ledger : LiveLedger
    tell : callable
    recall : callable, optional
        Called once with what had been watched before.
    """
    key, step = _key(order), frequency(order.timeframe)
    outcomes = Outcomes([float(each) for each in model.quantiles], step)

    def scored(entry: Entry) -> Watched:
        return Watched(entry, outcomes.add(entry), outcomes, entry.is_late(1, step))

    with ledger.writing() as chain:
        if chain.opening is not None:
            check_same(ledger, chain.opening, key, model)
        recall([scored(entry) for entry in chain.entries])
        async with Following(order, store, tell) as following:
            watcher: Watcher | None = None
            async with aclosing(following.fetches()) as fetches:
                async for _ in fetches:
                    watcher = watcher or Watcher(
                        model, store, key, ledger, chain, following.now, expected(model)
                    )
                    for entry in watcher.entries():
                        yield scored(entry)


def _key(order: Order) -> Key:
    symbols = [order.symbols] if isinstance(order.symbols, str) else list(order.symbols)
    if len(symbols) != 1:
        message = f"{len(symbols)} symbols to watch; watch one, and another in another process"
        raise UsageError(message)
    return order.exchange, symbols[0], order.timeframe
