"""Figures and names as a reader wants them."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["NAMES", "listed", "power", "share", "ten_to"]

NAMES = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALLEST_PLAIN = 0.001


def listed(names: Sequence[str]) -> str:
    """Such as ``RNN, GRU and LSTM``."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def power(value: float) -> str:
    """Such as ``0.062``, or ``3·10⁻¹⁷``."""
    if value >= SMALLEST_PLAIN or value == 0.0:
        return f"{value:.2g}"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(RAISED)}"


def share(value: float) -> str:
    """Such as ``6.2%``, ``all``, or a power of ten where percents would show nothing."""
    if value >= 1.0:
        return "all"
    return f"{value:.1%}" if value >= SMALLEST_PLAIN else power(value)


def ten_to(value: float) -> str:
    """The power of ten below a number, such as ``10¹⁴``."""
    return f"10{str(int(f'{value:e}'.split('e')[1])).translate(RAISED)}"
