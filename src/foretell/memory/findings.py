"""All that the page shows, and its figures as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from foretell.memory.gates import Gates
from foretell.memory.letters import Letters
from foretell.memory.wording import NAMES, listed, share
from foretell.series import Sequence, stamp

if TYPE_CHECKING:
    from foretell.memory.contest import Contest, Trial

__all__ = ["LAG", "Findings"]

LAG = 100  # at which the cells' gradients are compared


@dataclass(frozen=True)
class Findings:
    """What was measured of memory.

    Attributes
    ----------
    contest : Contest
        RNN, GRU and LSTM on the adding problem, and the gradient through each.
    row : Sequence
        The user's series.
    about : dict
        `Forecaster.about` of the model whose gates were read.
    cell : str
        Of that model.
    gates : Gates or None
        None where its cell has no gates.
    letters : Letters
    seed : int
    """

    contest: Contest
    row: Sequence
    about: dict[str, Any]
    cell: str
    gates: Gates | None
    letters: Letters
    seed: int

    @property
    def sentence(self) -> str:
        """What it comes to: ``Headline: sentence``."""
        contest = self.contest
        longest = contest.plan.lengths[-1]
        solve = [name for kind, name in NAMES.items() if contest.of(kind, longest).solved]
        fail = [name for name in NAMES.values() if name not in solve]
        rnn, lstm = (contest.survivals.trained[kind][LAG] for kind in ("rnn", "lstm"))
        told = listed(solve) + " learn" + "s" * (len(solve) == 1) if solve else "no cell learns"
        rest = " do not" if len(fail) > 1 else " does not"
        others = f", {listed(fail)}{rest} on the same budget" if solve and fail else ""
        return (
            f"{self._headline}: {told} to add two numbers over {longest} steps{others}. After "
            f"training for it, {share(lstm)} of the gradient is left {LAG} steps back in the "
            f"LSTM, and {share(rnn)} in the RNN."
        )

    @property
    def gates_help(self) -> bool:
        """Whether the LSTM solves what the RNN does not, at the greatest length."""
        longest = self.contest.plan.lengths[-1]
        lstm, rnn = (self.contest.of(kind, longest) for kind in ("lstm", "rnn"))
        return lstm.solved and not rnn.solved

    @property
    def _headline(self) -> str:
        return "Gates remember" if self.gates_help else "No difference shown"

    def figures(self) -> dict[str, Any]:
        """Everything in figures, in forms that JSON knows."""
        return {
            "seed": self.seed,
            "gradient": self._gradient(),
            "adding_problem": [_trial(each) for each in self.contest.trials],
            "gates": None if self.gates is None else _gates(self.gates),
            "letters": [
                {
                    "mark": each.mark, "unit": each.unit, "chosen_by": each.chosen_by,
                    "held_out": each.held_out, "untrained": each.untrained,
                }
                for each in self.letters.followers
            ],
        }  # fmt: skip

    def _gradient(self) -> dict[str, Any]:
        survivals = self.contest.survivals
        lags = [lag for lag in (1, 10, 50, LAG, 200) if lag <= self.contest.plan.lags]
        return {
            name: {kind: {lag: float(left_K[lag]) for lag in lags} for kind, left_K in of.items()}
            for name, of in (
                ("untrained", survivals.plain),
                ("untrained_helped", survivals.helped),
                ("trained", survivals.trained),
            )
        }


def _trial(trial: Trial) -> dict[str, Any]:
    solution = trial.solution
    return {
        "cell": trial.kind,
        "length": trial.length,
        "run": trial.run,
        "test_mse": solution.test_error,
        "solved": trial.solved,
        "learning_rate": solution.attempts[solution.best].rate,
        "rates_tried": len(solution.attempts),
    }


def _gates(gates: Gates) -> dict[str, Any]:
    length_U = gates.length_U.tolist()
    return {
        "series": gates.row.name,
        "cell": gates.cell,
        "memory_bars": [length if isfinite(length) else None for length in length_U],
        "forgetting_and_moves": gates.follows_moves(),
        "forgot_most": [stamp(int(gates.row.time_T[bar])) for bar in gates.times_forgetting()],
    }
