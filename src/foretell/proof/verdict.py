"""The verdict: whether every rival was beaten by more than chance, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from foretell.errors import UsageError
from foretell.proof import wording
from foretell.proof.significance import SIGNIFICANCE, holm
from foretell.proof.wording import TOLERANCE

__all__ = ["RivalResult", "Verdict"]


@dataclass(frozen=True)
class RivalResult:
    """The forecaster against one rival.

    Attributes
    ----------
    name : str
    skill : float
        Share of the rival's loss that is saved.
    p_value : float
        One-sided, of this comparison alone.
    adjusted : float
        The same by Holm's step-down over all comparisons of the verdict.
    """

    name: str
    skill: float
    p_value: float
    adjusted: float

    @property
    def beaten(self) -> bool:
        """Whether it lost by more than chance, all comparisons considered."""
        return self.skill > 0.0 and self.adjusted < SIGNIFICANCE


@dataclass(frozen=True)
class Verdict:
    """Skill or none, and the figures it rests on; ``str()`` is the sentence for a person.

    Attributes
    ----------
    rivals : tuple of RivalResult
        All that the forecaster was compared with.
    coverage : dict of str to float
        Share of targets inside the bands of nominal coverage "0.5", "0.8", "0.9".
    tolerance : float
        What a band may miss its nominal coverage by.
    origins : int
        Instants from which forecasts were made.
    first, last : str
        First and last of them.
    horizon : int
        Bars ahead.
    """

    rivals: tuple[RivalResult, ...]
    coverage: dict[str, float]
    tolerance: float
    origins: int
    first: str
    last: str
    horizon: int

    @classmethod
    def of(
        cls,
        results: Sequence[tuple[str, float, float]],
        coverage: Mapping[str, float],
        *,
        origins: int,
        first: str,
        last: str,
        horizon: int,
        tolerance: float = TOLERANCE,
    ) -> Self:
        """Judge results against rivals together.

        Parameters
        ----------
        results : list of (str, float, float)
            Name, skill and one-sided p-value of each rival.
        coverage : mapping of str to float
        origins, first, last, horizon, tolerance
            As the attributes.

        Raises
        ------
        UsageError
            There is no rival: without one there is no skill to speak of.
        """
        if not results:
            message = "no rival was given; a verdict needs at least one to compare with"
            raise UsageError(message)
        adjusted = holm([p for _, _, p in results])
        rivals = tuple(
            RivalResult(*result, each) for result, each in zip(results, adjusted, strict=True)
        )
        return cls(rivals, dict(coverage), tolerance, origins, first, last, horizon)

    @property
    def skill(self) -> bool:
        """Whether every rival was beaten, with Holm-adjusted p below 0.05."""
        return all(rival.beaten for rival in self.rivals)

    @property
    def p_value(self) -> float:
        """Holm-adjusted, of the claim that decides: to have beaten the rival `against`."""
        return self._hardest.adjusted

    @property
    def against(self) -> str:
        """Name of the rival that decides: the one beaten with the least certainty, if at all."""
        return self._hardest.name

    @property
    def comparisons(self) -> int:
        """Number of comparisons made."""
        return len(self.rivals)

    @property
    def _hardest(self) -> RivalResult:
        return max(
            self.rivals,
            key=lambda rival: (not rival.beaten, rival.adjusted, rival.p_value, -rival.skill),
        )

    def __str__(self) -> str:
        head = "Skill" if self.skill else "No skill shown"
        on = wording.span(self.origins, self.first, self.last, self.horizon)
        held = wording.bands(self.coverage, self.tolerance)
        return f"{head}: {self._against_the_hardest}, {on}{self._others}; {held}."

    @property
    def _against_the_hardest(self) -> str:
        rival, p = self._hardest, self._adjusted(self._hardest)
        if rival.skill <= 0.0:
            return f"did not beat {self._named(rival)} ({rival.skill:+.1%}, {p})"
        chance = "" if rival.beaten else ", which may be chance"
        return f"beat {self._named(rival)}, by {rival.skill:.1%} ({p}{chance})"

    def _named(self, rival: RivalResult) -> str:
        if self.comparisons == 1:
            return f"{rival.name}, the only rival"
        best = rival.skill == min(each.skill for each in self.rivals)
        rank = "best" if best else "hardest to beat"
        return f"{rival.name}, the {rank} of {self.comparisons} rivals"

    def _adjusted(self, rival: RivalResult) -> str:
        p = wording.p_value(rival.adjusted)
        many = f"Holm-adjusted {p} over {self.comparisons} comparisons"
        return many if self.comparisons > 1 else p

    @property
    def _others(self) -> str:
        if self.skill or self.comparisons == 1:
            return ""
        beaten = [rival.name for rival in self.rivals if rival.beaten] or ["no rival"]
        return f"; it beat {wording.listed(beaten)} by more than chance"

    def to_dict(self) -> dict[str, Any]:
        """All figures and the sentence, ready for JSON."""
        read = ("skill", "p_value", "against", "comparisons")
        return asdict(self) | {name: getattr(self, name) for name in read} | {"sentence": str(self)}

    @classmethod
    def from_dict(cls, verdict: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        fields = {name: verdict[name] for name in cls.__dataclass_fields__}
        fields["rivals"] = tuple(RivalResult(**each) for each in verdict["rivals"])
        return cls(**fields)
