"""How figures are said in a sentence, so that every verdict says them alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["TOLERANCE", "bands", "listed", "outside", "p_figure", "p_value", "span"]

TOLERANCE = 0.02  # by which a band may miss its nominal coverage without a word
ROUNDING = 1e-9


def p_figure(p: float) -> str:
    """Two digits, such as ``0.012``, or ``< 0.001``."""
    return "< 0.001" if p < 0.001 else f"{p:.2g}"


def p_value(p: float) -> str:
    """``p = 0.012``, or ``p < 0.001``."""
    figure = p_figure(p)
    return f"p {figure}" if figure.startswith("<") else f"p = {figure}"


def span(origins: int, first: str, last: str, horizon: int) -> str:
    """On what a figure rests: the origins, and how far ahead they looked."""
    ahead = "1 bar ahead" if horizon == 1 else f"1 to {horizon} bars ahead"
    return f"on {origins:,} origins from {first} to {last}, {ahead}"


def listed(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(parts[:-1])] * (len(parts) > 1) + list(parts[-1:]))


def outside(coverage: Mapping[str, float], tolerance: float) -> list[str]:
    """Bands whose measured coverage is further from the nominal one than the tolerance.

    Parameters
    ----------
    coverage : mapping of str to float
        Share of targets inside, by nominal coverage such as "0.8".
    tolerance : float
        Such as 0.02 for two points.
    """
    return [
        band
        for band, held in coverage.items()
        if not abs(held - float(band)) <= tolerance + ROUNDING
    ]


def bands(coverage: Mapping[str, float], tolerance: float) -> str:
    """What each band held, and which of them did not keep their word."""
    held = [f"the {float(band):.0%} band held {share:.1%}" for band, share in coverage.items()]
    wrong = [f"{float(band):.0%}" for band in outside(coverage, tolerance)]
    points = f"{100.0 * tolerance:.2g} points"
    if not wrong:
        return f"{listed(held)}, within {points}"
    noun = "band is" if len(wrong) == 1 else "bands are"
    return f"{listed(held)}: the {listed(wrong)} {noun} off by more than {points}"
