"""``foretell fetch``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from foretell.cli.console import note
from foretell.cli.progress import rate_bar
from foretell.market import Fetched, FetchedSymbol, Order, Plan, fetched, plans, whole
from foretell.series import stamp
from foretell.sources import EARLIER, REASONS, Hole
from foretell.store import Key, Store

__all__ = ["Request", "bring", "run"]

SHOWN = 3  # holes of a symbol that are listed; the store has them all


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    symbols: tuple[str, ...]
    exchange: str
    timeframe: str
    since: str | None
    until: str | None
    refresh: bool
    base_url: str | None
    store: str | None

    @property
    def order(self) -> Order:
        """The same without the place."""
        return Order(
            self.symbols, self.exchange, self.timeframe, self.since, self.until, self.base_url,
            self.refresh,
        )  # fmt: skip


def run(request: Request, *, dry_run: bool, as_json: bool) -> None:
    """Fetch, or say what would be fetched."""
    store = Store(request.store)
    if dry_run:
        todo, seconds = whole(plans(request.order, store, note))
        _write(_json_plans(todo, seconds) if as_json else _said_plans(todo, seconds))
        return
    with rate_bar() as report:
        found = whole(fetched(request.order, store, report, note))
    _write(_json_found(found, store) if as_json else _said(found, store))


def bring(key: Key, store: Store) -> None:
    """Fetch a symbol for a command that needs it, and say on stderr what came."""
    exchange, symbol, timeframe = key
    with rate_bar() as report:
        found = whole(fetched(Order((symbol,), exchange, timeframe), store, report, note))
    sys.stderr.writelines(f"{line}\n" for line in _said(found, store))


def _write(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _said_plans(todo: list[Plan], seconds: float) -> Iterable[str]:
    for plan in todo:
        if not plan.spans:
            yield f"{plan.symbol}: nothing to fetch, all that has closed is stored"
            continue
        first, last = stamp(plan.spans[0].first), stamp(plan.spans[-1].last)
        yield (
            f"{plan.symbol}: {first} to {last}, up to {plan.bars:,} bars in {plan.requests:,} "
            f"requests"
        )
    if seconds:
        yield f"about {seconds:,.0f} s or more, within the exchange's limit; nothing was fetched"


def _json_plans(todo: list[Plan], seconds: float) -> Iterable[str]:
    rows = [
        {"symbol": plan.symbol, "bars": plan.bars, "requests": plan.requests,
         "spans": [{"first": stamp(each.first), "last": stamp(each.last)} for each in plan.spans]}
        for plan in todo
    ]  # fmt: skip
    yield json.dumps({"symbols": rows, "seconds": round(seconds, 1)}, indent=2)


def _said(found: Fetched, store: Store) -> Iterable[str]:
    for each in found.symbols:
        yield f"{each.symbol}: {each.candles:,} candles fetched{_end(each)}"
        yield from (f"  {line}" for line in _said_holes(each.holes))
    yield (
        f"{found.new:,} candles new, {found.revised:,} revised, {found.unchanged:,} known already, "
        f"in {store.path}"
    )


def _end(found: FetchedSymbol) -> str:
    if found.delisted:
        return f"; delisted: it is on the list, but no candles are given any more{_after(found)}"
    if found.ended:
        return f"; nothing{_after(found) or ' there'}: delisted, halted, or not published yet"
    return ""


def _after(found: FetchedSymbol) -> str:
    return "" if found.last is None else f" after {stamp(found.last)}"


def _said_holes(holes: list[Hole]) -> Iterable[str]:
    for reason in REASONS:
        of_kind = [hole for hole in holes if hole.reason == reason]
        if reason == EARLIER and of_kind:
            yield f"begins later than asked: {reason} up to {stamp(of_kind[-1].last)}"
        elif of_kind:
            shown = ", ".join(
                f"{stamp(each.first)} to {stamp(each.last)}" for each in of_kind[:SHOWN]
            )
            more = len(of_kind) - SHOWN
            yield f"gap: {shown}{f' and {more:,} more' if more > 0 else ''} ({reason})"


def _json_found(found: Fetched, store: Store) -> Iterable[str]:
    rows = [
        {"symbol": each.symbol, "candles": each.candles, "ended": each.ended,
         "delisted": each.delisted, "last": None if each.last is None else stamp(each.last),
         "gaps": [{"first": stamp(first), "last": stamp(last), "reason": reason}
                  for first, last, reason in each.holes]}
        for each in found.symbols
    ]  # fmt: skip
    counts = {"new": found.new, "revised": found.revised, "unchanged": found.unchanged}
    yield json.dumps({"path": store.path, **counts, "symbols": rows}, indent=2)
