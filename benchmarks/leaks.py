"""Twelve planted leaks, and the same pipelines done right: what the audit says of each.

``python benchmarks/leaks.py``

A Markdown table on stdout; ends with 1 if a leak is missed or a clean pipeline alarmed.
"""

from __future__ import annotations

import sys
import time

import foretell as ft
from planted import PLANTED, Planted


def main() -> int:
    """Audit all 24."""
    print("| leak | found | bars ahead | re-runs | seconds | done right | seconds |")
    print("|---|---|---|---|---|---|---|")
    caught = quiet = 0
    for planted in PLANTED:
        leaky, clean = (_audited(planted, leaky=leaky) for leaky in (True, False))
        caught += not leaky[0].clean
        quiet += clean[0].clean
        print(
            f"| {planted.name} | {'missed' if leaky[0].clean else 'caught'} "
            f"| {_reach(leaky[0])} | {sum(leaky[0].tried.values())} | {leaky[1]:.1f} "
            f"| {'clean' if clean[0].clean else 'ALARM'} | {clean[1]:.1f} |"
        )
    print(f"\n{caught} of {len(PLANTED)} caught; {len(PLANTED) - quiet} false alarms")
    return int(caught < len(PLANTED) or quiet < len(PLANTED))


def _audited(planted: Planted, *, leaky: bool) -> tuple[ft.Certificate, float]:
    started = time.perf_counter()
    certificate = ft.audit(planted.variant(leaky=leaky), planted.frame())
    return certificate, time.perf_counter() - started


def _reach(certificate: ft.Certificate) -> str:
    if any(each.to_the_end for each in certificate.findings):
        return f"{certificate.ahead}, the end"
    return str(certificate.ahead)


if __name__ == "__main__":
    sys.exit(main())
