"""Whether live forecasts do as the backtest said they would: a test, not an impression."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

from foretell.forecast import Forecaster
from foretell.proof import Agreement, Estimate, TrackRecord, agreement, holm
from foretell.proof.significance import SIGNIFICANCE

__all__ = ["BAND", "Consistency", "consistency", "expected"]

BAND = "0.8"  # the band whose coverage is compared
TESTS = 2  # of skill and of coverage


@dataclass(frozen=True)
class Consistency:
    """The live record held against the backtest's.

    Attributes
    ----------
    rival : str
        Whose loss skill is a share of.
    skill, coverage : Agreement
        Of the skill over all horizons, and of the share of bars inside the 80% band.
    p_value : float
        The smaller p of the two, adjusted for there being two (Holm); NaN where one of them
        has too few forecasts to tell.
    """

    rival: str
    skill: Agreement
    coverage: Agreement
    p_value: float

    @property
    def known(self) -> bool:
        """Whether there are enough forecasts to tell."""
        return isfinite(self.p_value)

    @property
    def holds(self) -> bool:
        """Whether what differs may be chance."""
        return self.known and self.p_value >= SIGNIFICANCE

    @property
    def sentence(self) -> str:
        """The verdict for a person."""
        if not self.known:
            return (
                "Live consistent with the backtest: too few forecasts to tell; live and backtest "
                "need more than two origins for each bar ahead."
            )
        seen = (
            f"a difference of {self.skill.visible:.1%} in skill or of "
            f"{self.coverage.visible:.1%} in coverage would show in four of five cases"
        )
        answer = "yes" if self.holds else "no"
        return f"Live consistent with the backtest: {answer}, p = {self.p_value:.2g}; {seen}."


def expected(model: Forecaster) -> dict[str, Any]:
    """What a model's backtest promises, for the opening of a ledger; empty where it has none."""
    kept: dict[str, Any] = model.about.get("record") or {}
    return kept


def consistency(live: TrackRecord, backtest: TrackRecord) -> Consistency:
    """Compare skill against the first rival, and coverage."""
    ours, theirs = live.comparisons[0], backtest.comparisons[0]
    skill = agreement(
        Estimate(ours.skill, ours.error, live.degrees),
        Estimate(theirs.skill, theirs.error, backtest.degrees),
        TESTS,
    )
    coverage = agreement(_coverage(live), _coverage(backtest), TESTS)
    both = [skill.p_value, coverage.p_value]
    p_value = min(holm(both)) if all(map(isfinite, both)) else nan
    return Consistency(ours.rival, skill, coverage, p_value)


def _coverage(record: TrackRecord) -> Estimate:
    return Estimate(record.coverage[BAND], record.coverage_error[BAND], record.degrees)
