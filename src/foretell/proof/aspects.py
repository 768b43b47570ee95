"""What the skill of a price forecast is made of: the direction of moves, and their size.

A verdict weighs whole distributions. These are won by the size of moves far more often than by
their direction, so each is tested alone too. Axes: T instants, H horizons.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from foretell.forecast import RIVALS
from foretell.proof import wording
from foretell.proof.direction import Direction
from foretell.proof.evaluation import Entry
from foretell.proof.significance import FEWEST_ORIGINS, SIGNIFICANCE, diebold_mariano, holm

__all__ = ["Aspects", "DirectionSkill", "VolatilitySkill", "aspects"]


@dataclass(frozen=True)
class DirectionSkill:
    """Whether the direction was told at any horizon.

    Attributes
    ----------
    horizon : int
        Bars ahead at which it was told most surely.
    accuracy : float
        Share told right there; NaN where none was told.
    p_value : float
        Of that horizon, by Holm over all horizons.
    horizons : int
    """

    horizon: int
    accuracy: float
    p_value: float
    horizons: int

    @classmethod
    def of(cls, direction: Rows[Direction]) -> DirectionSkill:
        """Take the horizon with the smallest p-value."""
        adjusted = holm([each.p_value for each in direction])
        surest = int(np.argmin(adjusted))
        return cls(surest + 1, direction[surest].accuracy, adjusted[surest], len(direction))

    @property
    def shown(self) -> bool:
        """Whether it was told by more than chance."""
        return self.p_value < SIGNIFICANCE

    def __str__(self) -> str:
        if np.isnan(self.accuracy):
            return "Direction: none was told"
        where = "1 bar ahead" if self.horizons == 1 else f"at +{self.horizon}, where it is surest"
        p = _adjusted(self.p_value, self.horizons)
        figures = f"{self.accuracy:.1%} told right {where}, {p}"
        return f"Direction: {'skill' if self.shown else 'no skill shown'} ({figures})"


@dataclass(frozen=True)
class VolatilitySkill:
    """Whether the size of moves was told better than by a constant volatility.

    Attributes
    ----------
    saved : float
        QLIKE of the constant volatility less the forecaster's, mean over horizons.
    p_value : float
        One-sided Diebold-Mariano test.
    """

    saved: float
    p_value: float

    @property
    def shown(self) -> bool:
        """Whether it was told by more than chance."""
        return self.saved > 0.0 and self.p_value < SIGNIFICANCE

    def __str__(self) -> str:
        head = "skill" if self.shown else "no skill shown"
        figures = f"QLIKE {self.saved:+.3f} better, {wording.p_value(self.p_value)}"
        return f"Volatility: {head} against a constant one ({figures})"


@dataclass(frozen=True)
class Aspects:
    """Direction and volatility, each tested alone; ``str()`` is the sentence for a person.

    Attributes
    ----------
    direction : DirectionSkill
    volatility : VolatilitySkill or None
        None where no random walk with constant volatility took part.
    """

    direction: DirectionSkill
    volatility: VolatilitySkill | None

    def __str__(self) -> str:
        return ". ".join(str(each) for each in (self.direction, self.volatility) if each) + "."

    def to_dict(self) -> dict[str, Any]:
        """All figures and the sentence, ready for JSON."""
        return asdict(self) | {"sentence": str(self)}


def aspects(entries: Rows[Entry], horizon: int) -> Aspects:
    """Test direction and volatility of the first entrant.

    Parameters
    ----------
    entries : list of Entry
        The forecaster, then its rivals; of prices.
    horizon : int
    """
    own, *others = entries
    constant = next((each for each in others if each.name == RIVALS["random-walk"].name), None)
    volatility = _volatility(own, constant, horizon) if constant is not None else None
    return Aspects(DirectionSkill.of(own.direction), volatility)


def _volatility(own: Entry, constant: Entry, horizon: int) -> VolatilitySkill | None:
    known_T = np.isfinite(own.qlike_T) & np.isfinite(constant.qlike_T)
    if known_T.sum() < FEWEST_ORIGINS:
        return None
    own_T, constant_T = own.qlike_T[known_T], constant.qlike_T[known_T]
    test = diebold_mariano(own_T, constant_T, horizon)
    return VolatilitySkill(float((constant_T - own_T).mean()), test.p_value)


def _adjusted(p: float, count: int) -> str:
    value = wording.p_value(p)
    return f"Holm-adjusted {value} over {count} horizons" if count > 1 else value
