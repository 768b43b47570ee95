"""The gate: shut for all, and never sooner open than told."""

from __future__ import annotations

import asyncio

from foretell.sources.gate import Gate
from scripted_exchange import Time


def test_an_open_gate_costs_no_time() -> None:
    time = Time()
    asyncio.run(Gate(time.clock).passed())
    assert time.passed == 0.0


def test_all_wait_until_the_longest_time_told() -> None:
    time = Time()
    gate = Gate(time.clock)
    gate.shut(60.0)
    gate.shut(5.0)

    async def both() -> None:
        await asyncio.gather(gate.passed(), gate.passed())

    asyncio.run(both())
    assert time.passed >= 60.0


def test_a_gate_shut_while_somebody_waits_holds_him_too() -> None:
    time = Time()
    gate = Gate(time.clock)
    gate.shut(10.0)

    async def later() -> None:
        waiting = asyncio.create_task(gate.passed())
        await asyncio.sleep(0)
        gate.shut(30.0)
        await waiting

    asyncio.run(later())
    assert time.passed >= 40.0
