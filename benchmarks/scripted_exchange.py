"""An exchange that follows a script: Binance's spot interface over HTTP on this machine.

It answers ``/api/v3/time``, ``exchangeInfo`` and ``klines`` in Binance's wire format, and does to
its answers what the script says, one fault a request. It keeps count: which pages were asked for,
and which requests came before the time that it had told to wait for.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import suppress
from email.utils import formatdate
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from foretell.sources import Clock
from scripted_market import START, STEPS, Market, listed, wire

__all__ = [
    "FATAL", "HTTP_FAULTS", "PAGE_FAULTS", "START", "STEPS", "Market", "ScriptedExchange", "Time",
]  # fmt: skip

PHRASES = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 418: "I'm a teapot",
           429: "Too Many Requests", 451: "Unavailable For Legal Reasons", 404: "Not Found",
           500: "Internal Server Error", 503: "Service Unavailable"}  # fmt: skip
PAGE_FAULTS = ("short", "duplicated", "reordered", "overlapping", "stale", "nothing")
HTTP_FAULTS = ("429", "418", "500", "503", "timeout", "truncated", "cut", "html", "empty-body")
FATAL = ("451", "401")


class Time:
    """Seconds that pass when somebody waits, and not otherwise."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.clock = Clock(lambda: self.passed, self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Have time pass."""
        self.passed += seconds
        await asyncio.sleep(0)


class ScriptedExchange:
    """The server, in a thread of its own; to be used in ``with``.

    Parameters
    ----------
    markets : iterable of Market
    timeframe : str
    bars : int
        That have closed when it starts; the next one is open.
    time : Time
    script : iterable of str
        What happens to one request after the other: names of faults, or ``""``.
    skew : float
        Seconds that its clock is ahead.
    page : int
        Candles that an answer holds at most.
    pace : float
        Seconds that pass with each answer.
    """

    def __init__(  # noqa: PLR0913
        self, markets: Iterable[Market], timeframe: str = "1h", bars: int = 100,
        time: Time | None = None, script: Iterable[str] = (), *, skew: float = 0.0,
        page: int = 1_000, pace: float = 0.0, wait: float = 120.0, seed: int = 0,
        windowed: bool = False, counts: bool = True,
    ) -> None:  # fmt: skip
        self.markets = {each.symbol: each for each in markets}
        self.step, self.time, self.bars = STEPS[timeframe], time or Time(), bars
        self.script, self.skew, self.page, self.pace = deque(script), skew, page, pace
        self.wait, self.windowed, self.counts = wait, windowed, counts
        self.asked: Counter[tuple[str, int]] = Counter()
        self.served: Counter[tuple[str, int]] = Counter()
        self.answers: Counter[str] = Counter()
        self.requests, self.early, self.happened = 0, 0, Counter[str]()
        self._quiet_until = float("-inf")
        self._random = random.Random(seed)  # noqa: S311
        self._last: dict[str, list[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._rendered: dict[tuple[str, int], str] = {}

    # -- what is true --------------------------------------------------------------------------

    def now(self) -> float:
        """Its own time, in seconds since 1970; the first open bar is half over at the start."""
        return START + (self.bars + 0.5) * self.step + self.time.passed + self.skew

    def truth(self, name: str, until: float | None = None) -> dict[int, tuple[float, ...]]:
        """All closed candles, by their open time."""
        market = self.markets[name.replace("/", "")]
        closed = int(((until or self.now()) - START) // self.step)
        return {
            START + bar * self.step: market.prices(bar) for bar in range(closed) if market.has(bar)
        }

    # -- HTTP ----------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _serve(self, started: threading.Event) -> None:
        asyncio.run(self._main(started))

    async def _main(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        started.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._answered(reader, writer):
                    pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        target = head.split(b" ", 2)[1].decode()
        self.requests += 1
        self.early += self.time.passed < self._quiet_until
        fault = self.script.popleft() if self.script else ""
        self.happened[fault] += 1
        if fault == "timeout":
            await reader.read()  # until the other side gives up
            return False
        status, body, headers = self._answer(target, fault)
        self.time.passed += self.pace
        data = body.encode()
        length = len(data) * (2 if fault == "cut" else 1)
        lines = [f"HTTP/1.1 {status} {PHRASES[status]}", "Content-Type: application/json",
                 f"Content-Length: {length}", f"Date: {formatdate(self.now(), usegmt=True)}",
                 *headers]  # fmt: skip
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        await writer.drain()
        return fault != "cut"

    def _answer(self, target: str, fault: str) -> tuple[int, str, list[str]]:
        if fault in ("429", "418"):
            return self._told(fault)
        if fault.isdigit():
            return int(fault), '{"code": 0, "msg": "scripted"}', []
        if fault == "html":
            return 200, "<html>one moment please</html>", []
        if fault == "empty-body":
            return 200, "", []
        parts = urlsplit(target)
        status, body = self._content(parts.path, dict(parse_qsl(parts.query)), fault)
        return status, body[: len(body) * 2 // 3] if fault == "truncated" else body, []

    def _told(self, fault: str) -> tuple[int, str, list[str]]:
        """Too many: 429 tells by its header, 418 by its text, in the exchange's own time."""
        self._quiet_until = max(self._quiet_until, self.time.passed + self.wait)
        if fault == "429":
            body = '{"code": -1003, "msg": "Too much request weight used."}'
            return 429, body, [f"Retry-After: {self.wait:.0f}"]
        until = int((self.now() + self.wait) * 1_000)
        body = f'{{"code": -1003, "msg": "Way too many requests; IP banned until {until}."}}'
        return 418, body, []

    def _content(self, path: str, query: dict[str, str], fault: str) -> tuple[int, str]:
        if path == "/api/v3/time":
            return 200, json.dumps({"serverTime": int(self.now() * 1_000)})
        if path == "/api/v3/exchangeInfo":
            return 200, json.dumps({"symbols": [listed(each) for each in self.markets.values()]})
        market = self.markets.get(query.get("symbol", ""))
        if path != "/api/v3/klines":
            return 404, "{}"
        if market is None or self._is_delisted(market):
            return 400, '{"code": -1121, "msg": "Invalid symbol."}'
        self.answers[market.name] += 1
        self.asked[market.name, int(query.get("startTime", 0))] += 1
        return 200, f"[{','.join(self._page(market, query, fault))}]"

    def _is_delisted(self, market: Market) -> bool:
        after = market.delisted_after
        return after is not None and self.answers[market.name] >= after

    # -- candles -------------------------------------------------------------------------------

    def _page(self, market: Market, query: dict[str, str], fault: str) -> list[str]:
        step = STEPS[query["interval"]]
        first = -(-(int(query.get("startTime", 0)) // 1_000 - START) // self.step)
        limit = min(int(query.get("limit", 500)), self.page)
        if step > self.step:
            return self._days(market, first, limit)
        if fault == "overlapping":
            first -= 3
        bars = self._bars(market, max(first, 0), limit)
        rows = [self._row(market, bar) for bar in bars]
        if self.counts:
            self.served.update((market.name, bar) for bar in bars)
        if fault == "stale":
            rows = self._last.get(market.symbol, rows)
        self._last[market.symbol] = rows
        return self._spoilt(rows, fault)

    def _bars(self, market: Market, first: int, limit: int) -> list[int]:
        opened = int((self.now() - START) // self.step)  # the bar that is open
        if self.windowed:
            return [bar for bar in range(first, min(first + limit, opened + 1)) if market.has(bar)]
        found: list[int] = []
        bar = max(first, market.listed)
        while len(found) < limit and bar <= min(opened, market.ended - 1):
            if market.has(bar):
                found.append(bar)
            bar += 1
        return found

    def _days(self, market: Market, first: int, limit: int) -> list[str]:
        opened, a_day = int((self.now() - START) // self.step), STEPS["1d"] // self.step
        numbers = {bar // a_day for bar in range(max(first, 0), opened + 1) if market.has(bar)}
        days = sorted(day for day in numbers if day * a_day >= first)[:limit]
        return [wire(START + day * STEPS["1d"], STEPS["1d"], market.prices(day)) for day in days]

    def _row(self, market: Market, bar: int) -> str:
        if START + (bar + 1) * self.step > self.now():  # open: what it will be is not known yet
            prices = tuple(0.5 * value for value in market.prices(bar))
            return wire(START + bar * self.step, self.step, prices)
        key = market.symbol, bar
        if bar in market.revised or key not in self._rendered:
            self._rendered[key] = wire(START + bar * self.step, self.step, market.prices(bar))
        return self._rendered[key]

    def _spoilt(self, rows: list[str], fault: str) -> list[str]:
        if fault == "nothing":
            return []
        if fault == "short":
            return rows[: max(len(rows) // 3, 1)]
        if fault == "duplicated":
            return [row for row in rows for _ in range(1 + (self._random.random() < 0.3))]
        if fault == "reordered":
            return self._random.sample(rows, len(rows))
        return rows
