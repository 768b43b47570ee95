"""``foretell watch``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.live import Live

from foretell.cli.console import PlainConsole
from foretell.cli.models import saved_or_new
from foretell.cli.progress import rate_bar
from foretell.cli.training import fit_and_measure
from foretell.cli.watch_view import CLOSES, Screen, line_of, sentence_of
from foretell.errors import UnknownSymbol
from foretell.forecast import Forecaster
from foretell.home import data_folder
from foretell.live import LiveLedger, Watched, expected, name_of, place_of, watched
from foretell.market import Order, fetched, whole
from foretell.store import Store
from foretell.writing import make_folder

__all__ = ["Request", "run"]

Show = Callable[[Watched], None]


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    symbol: str
    exchange: str
    timeframe: str
    since: str | None
    model: Path | None
    ledger: Path | None
    store: str | None
    base_url: str | None
    bars: int | None
    as_json: bool
    parameters: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        """Exchange, symbol and timeframe."""
        return self.exchange, self.symbol, self.timeframe

    @property
    def order(self) -> Order:
        """What is to be followed."""
        return Order(self.symbol, self.exchange, self.timeframe, self.since, base_url=self.base_url)


def run(request: Request) -> None:
    """Fetch what is missing, train where there is no model, and watch until Ctrl-C."""
    store = Store(request.store)
    frame = _history(request, store)
    model = _model(request, frame)
    kept = LiveLedger(request.ledger or place_of(request.key, model.fingerprint()))
    _tell(f"the record is kept in {kept.path}")
    try:
        asyncio.run(_watch(request, model, store, kept, frame))
    except KeyboardInterrupt:
        _tell("all entries are on the disk; the same command goes on after them")
        raise


def _history(request: Request, store: Store) -> pl.DataFrame:
    """Candles in the store, fetched first where there are none."""
    try:
        return store.read(*request.key)
    except UnknownSymbol:
        with rate_bar() as report:
            whole(fetched(request.order, store, report, _tell))
    return store.read(*request.key)


def _model(request: Request, frame: pl.DataFrame) -> Forecaster:
    """The one that was named, or the one that was trained when this was first watched."""
    if request.model is not None:
        return saved_or_new(request.model, request.parameters)
    place = data_folder() / "live" / f"{name_of(request.key)}.safetensors"
    if place.exists():
        return saved_or_new(place, request.parameters)
    make_folder(place.parent)
    model = Forecaster(**request.parameters)
    _tell(fit_and_measure(model, frame, None).sentence)
    model.save(place)
    _tell(f"model saved in {place}")
    return model


async def _watch(
    request: Request, model: Forecaster, store: Store, ledger: LiveLedger, frame: pl.DataFrame
) -> None:
    steps = watched(request.order, model, store, ledger, _tell, expected(model))
    async with AsyncExitStack() as stack:
        show = _shown(request, model, frame, stack)
        await stack.enter_async_context(aclosing(steps))
        left = request.bars
        while left is None or left > 0:
            show(await anext(steps))
            left = None if left is None else left - 1


def _shown(request: Request, model: Forecaster, frame: pl.DataFrame, stack: AsyncExitStack) -> Show:
    """How bars are shown: JSON, a screen on a terminal, or lines."""
    levels = [float(each) for each in model.quantiles]
    if request.as_json:
        return lambda step: _write(line_of(step))
    if not sys.stdout.isatty():
        return lambda step: _write(sentence_of(step, levels))
    screen = Screen(" ".join(request.key), levels, frame["close"].tail(CLOSES).to_list())
    live = stack.enter_context(Live(console=PlainConsole(), auto_refresh=False))
    return lambda step: live.update(screen.shown(step), refresh=True)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _tell(message: str) -> None:
    sys.stderr.write(f"note: {message}\n")
