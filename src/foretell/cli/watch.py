"""``foretell watch``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.live import Live

from foretell.cli.console import PlainConsole, note
from foretell.cli.models import saved_or_new
from foretell.cli.progress import rate_bar
from foretell.cli.training import fit_and_measure
from foretell.cli.watch_view import Screen, line_of, sentence_of
from foretell.forecast import Forecaster
from foretell.live import LiveLedger, Watched, forgotten, model_place, place_of, watched
from foretell.market import Order, caught_up, whole
from foretell.store import Store
from foretell.writing import make_folder

__all__ = ["Request", "run"]

Show = Callable[[Watched], None]
Recall = Callable[[list[Watched]], None]


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
    model = _model(request, store)
    kept = LiveLedger(request.ledger or place_of(request.key, model.fingerprint()))
    note(f"the record is kept in {kept.path}")
    try:
        asyncio.run(_watch(request, model, store, kept))
    except KeyboardInterrupt:
        note("all entries are on the disk; the same command goes on after them")
        raise


def _model(request: Request, store: Store) -> Forecaster:
    """The one that was named, or the one that was trained when this was first watched."""
    place = request.model or model_place(request.key)
    if request.model is not None or place.exists():
        model = saved_or_new(place, request.parameters)
        if not len(store.times(*request.key)):
            _bring(request, store)
        return model
    model = Forecaster(**request.parameters)
    _bring(request, store)
    note(fit_and_measure(model, store.read(*request.key), None).sentence)
    make_folder(place.parent)
    model.save(place)
    note(f"model saved in {place}")
    return model


def _bring(request: Request, store: Store) -> None:
    """Fetch what is missing of the history; some may be there, as where this was broken off."""
    with rate_bar() as report:
        whole(caught_up(request.order, store, report, note))


async def _watch(request: Request, model: Forecaster, store: Store, ledger: LiveLedger) -> None:
    with ExitStack() as shown:
        show, recall = _shown(request, model, store, shown)
        steps = watched(request.order, model, store, ledger, note, recall)
        async with aclosing(steps):
            left = request.bars
            while left is None or left > 0:
                show(await anext(steps))
                left = None if left is None else left - 1


def _shown(
    request: Request, model: Forecaster, store: Store, stack: ExitStack
) -> tuple[Show, Recall]:
    """How bars are shown, and those before them: JSON, a screen on a terminal, or lines."""
    levels = [float(each) for each in model.quantiles]
    if request.as_json:
        return lambda step: _write(line_of(step)), forgotten
    if not sys.stdout.isatty():
        return lambda step: _write(sentence_of(step, levels)), forgotten
    screen = Screen(" ".join(request.key), levels, store.read(*request.key))
    live = stack.enter_context(Live(console=PlainConsole(), auto_refresh=False))

    def show(*steps: Watched) -> None:
        for step in steps:
            screen.add(step)
        live.update(screen.drawn(*live.console.size), refresh=True)

    return show, lambda steps: show(*steps)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
