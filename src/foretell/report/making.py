"""What a report says about how a backtest was made, so that anybody can make it again."""

from __future__ import annotations

from typing import Any

from foretell.proof import Backtest, Certificate
from foretell.report.content import Code, Facts, Part, Section
from foretell.series import stamp

__all__ = ["making"]

MOST_NAMES = 20
TOLD = ("name", "kind", "seed")
FROM_PYTHON = "It was made from Python, not by a command: foretell.proof with these settings."


def making(result: Backtest, command: str | None) -> Section:
    """Lay out the settings."""
    again: tuple[Part, ...] = (FROM_PYTHON,)
    if command is not None:
        again = ("This command makes it again:", Code(command))
    return Section("How it was made", (Facts(tuple(_facts(result))), *again))


def _facts(result: Backtest) -> list[tuple[str, str]]:
    settings = result.settings
    own, *rivals = settings["entrants"]
    window = settings["window"]
    return [
        ("series", _some([trace.sequence.name for trace in result.traces])),
        ("data SHA-256", settings["data"]),
        ("bars ahead", f"{settings['horizon']}"),
        ("fits", _fits(settings["folds"])),
        ("learned from", "all bars before" if window is None else f"at most {window:,} bars"),
        ("parameters", _parameters(own)),
        *_seeds(own, len(settings["folds"])),
        ("rivals", ", ".join(each["name"] for each in rivals)),
        *_audit(result.certificate),
    ]


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _fits(folds: list[list[int]]) -> str:
    until, first, last = folds[0][0], folds[0][1], folds[-1][1]
    if len(folds) == 1:
        return f"1, on bars before {stamp(until)}, forecasting from {stamp(first)} on"
    return f"{len(folds)}, the first for origins from {stamp(first)}, the last from {stamp(last)}"


def _parameters(own: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_value(value)}" for name, value in own.items() if name not in TOLD)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"({', '.join(f'{each:g}' for each in value)})"
    return f"{value}"


def _seeds(own: dict[str, Any], fits: int) -> list[tuple[str, str]]:
    """A fold's seed is the forecaster's plus the fold's number; one fitted before has none."""
    if "seed" not in own:
        return []
    seed = own["seed"]
    return [("seed", f"{seed}" if fits == 1 else f"{seed} to {seed + fits - 1}, one a fit")]


def _audit(certificate: Certificate | None) -> list[tuple[str, str]]:
    if certificate is None:
        return []
    tried = ", ".join(f"{name} {count}" for name, count in certificate.tried.items())
    return [
        (
            "leak audit",
            (
                f"{certificate.subject}: {tried}; seed {certificate.seed}; frame SHA-256 "
                f"{certificate.frame_sha256}; foretell {certificate.version}"
            ),
        )
    ]
