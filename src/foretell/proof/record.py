"""The track record: how a forecaster did on bars that it had never seen.

Axes: S series, T origins in time, H horizons, K quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Rows
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from foretell.errors import ModelFileError, ShortHistory
from foretell.forecast import Forecaster, Trace, pinball, rivals, shaped, targets
from foretell.proof import wording
from foretell.proof.estimates import estimated_mean, estimated_skill
from foretell.proof.longrun import mean_by_instant
from foretell.proof.plain import plain, restored
from foretell.proof.scores import BANDS, band_edges, skill
from foretell.proof.significance import FEWEST_ORIGINS, SIGNIFICANCE, diebold_mariano
from foretell.proof.wording import TOLERANCE
from foretell.series import Sequence, instant, sequences, stamp

__all__ = [
    "NO_RECORD",
    "Comparison",
    "TrackRecord",
    "hold_out",
    "measure",
    "recorded",
    "rehearsal",
    "scorable",
    "track_record",
]

HELD_OUT_SHARE = 0.2
FEWEST_BEFORE = 100  # bars that rivals learn from, beyond the horizon
NO_RECORD = (
    "The model was saved without a record, and too few bars follow its training for it to be "
    "scored on."
)
# What `TrackRecord.to_dict` writes, less what follows from it.
RECORD = {
    "first": str,
    "last": str,
    "origins": int,
    "horizon": int,
    "comparisons": [
        {
            "rival": str,
            "skill": float,
            "skill_by_horizon": [float],
            "p_value": float,
            "error": float,
        },
    ],
    "coverage": {f"{band}": float for band in BANDS},
    "coverage_error": {f"{band}": float for band in BANDS},
    "degrees": int,
    "coverage_by_horizon": {f"{band}": [float] for band in BANDS},
}


@dataclass(frozen=True)
class Comparison:
    """The forecaster against one rival.

    Attributes
    ----------
    rival : str
    skill : float
        Share of the rival's mean pinball loss that is saved, over all horizons.
    skill_by_horizon : list of float
    p_value : float
        One-sided Diebold-Mariano test on the loss over all horizons.
    error : float
        Standard error of the skill.
    """

    rival: str
    skill: float
    skill_by_horizon: list[float]
    p_value: float
    error: float

    @property
    def p(self) -> str:
        """The p-value as it is shown: two digits, or ``< 0.001``."""
        return wording.p_figure(self.p_value)


@dataclass(frozen=True)
class TrackRecord:
    """Measured out of sample, and what follows from it.

    Attributes
    ----------
    first, last : str
        First and last origin.
    origins : int
        Instants from which forecasts were made; every series that trades then counts as one.
    horizon : int
    comparisons : list of Comparison
    coverage : dict of str to float
        Share of targets inside the bands of nominal coverage "0.5", "0.8", "0.9".
    coverage_by_horizon : dict of str to list of float
    coverage_error : dict of str to float
        Standard errors of `coverage`.
    degrees : int
        Degrees of freedom of all errors.
    """

    first: str
    last: str
    origins: int
    horizon: int
    comparisons: list[Comparison]
    coverage: dict[str, float]
    coverage_by_horizon: dict[str, list[float]]
    coverage_error: dict[str, float]
    degrees: int

    @property
    def skilful(self) -> bool:
        """Whether every rival was beaten with p below 0.05."""
        return all(each.p_value < SIGNIFICANCE and each.skill > 0.0 for each in self.comparisons)

    @property
    def sentence(self) -> str:
        """The verdict for a person."""
        parts = [_against(each) for each in self.comparisons]
        head = "Skill" if self.skilful else "No skill shown"
        return (
            f"{head}: {wording.span(self.origins, self.first, self.last, self.horizon)}, "
            f"never seen in training, the forecast {wording.listed(parts)}; "
            f"{wording.bands(self.coverage, TOLERANCE)}."
        )

    def to_dict(self) -> dict[str, Any]:
        """All figures and the verdict, ready for JSON: a figure that is not known is null."""
        figures: dict[str, Any] = plain(asdict(self))
        return figures | {"skilful": self.skilful, "sentence": self.sentence}

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises
        ------
        ModelFileError
            It wrote something else.
        """
        try:
            fields = shaped(_with_errors(record), RECORD)
        except (KeyError, TypeError, ValueError) as error:
            message = f"the track record of the model is damaged ({error}); save the model again"
            raise ModelFileError(message) from error
        comparisons = [Comparison(**each) for each in fields["comparisons"]]
        return cls(**fields | {"comparisons": comparisons})


def _with_errors(written: dict[str, Any]) -> dict[str, Any]:
    """Errors that were not known, as of too few origins, are null in JSON."""
    comparisons = [each | {"error": restored(each["error"])} for each in written["comparisons"]]
    coverage_error = restored(written["coverage_error"])
    return written | {"comparisons": comparisons, "coverage_error": coverage_error}


def _against(each: Comparison) -> str:
    p = wording.p_value(each.p_value)
    if each.skill > 0.0:
        sure = "" if each.p_value < SIGNIFICANCE else ", which may be chance"
        return f"beat the {each.rival} by {each.skill:.1%} ({p}{sure})"
    return f"did not beat the {each.rival} ({each.skill:.1%}, {p})"


def hold_out(rows: Rows[Sequence]) -> int:
    """Instant from which the last fifth of the history is held out."""
    first = min(int(row.time_T[0]) for row in rows)
    last = max(int(row.time_T[-1]) for row in rows)
    target = last - round((last - first) * HELD_OUT_SHARE)
    stamps = np.unique(np.concatenate([row.time_T for row in rows]))
    return int(stamps[np.searchsorted(stamps, target)])


def rehearsal(model: Forecaster, rows: Rows[Sequence]) -> tuple[Forecaster, str]:
    """Prepare for training on all but the last fifth of a history.

    Returns
    -------
    trial : Forecaster
        With the parameters of `model`, not fitted.
    start : str
        Instant from which everything is to be new to it: what `Forecaster.fit` takes as
        ``until``.
    """
    return type(model)(**model.get_params()), stamp(hold_out(rows))


def track_record(model: Forecaster, frame: Any) -> TrackRecord:
    """Train a fresh model of the same kind without the last fifth of a history; score it there.

    Parameters
    ----------
    model : Forecaster
        Gives the parameters; it is not changed.
    frame : path or object

    Raises
    ------
    ShortHistory
        Too few bars to train on, or fewer than 30 origins to score.
    """
    rows = sequences(frame, model.target, model.extra)
    trial, start = rehearsal(model, rows)
    return measure(trial.fit(frame, until=start), rows, instant(start))


def measure(model: Forecaster, rows: Rows[Sequence], start: int) -> TrackRecord:
    """Score a model, trained before `start`, on every origin from there on.

    Parameters
    ----------
    model : Forecaster
    rows : list of Sequence
        Whole histories.
    start : int
        First origin, in seconds since 1970.

    Raises
    ------
    ShortHistory
        See `scorable`.
    """
    levels_K = np.array(model.quantiles)
    scored = scorable(rows, start, model.horizon)
    others = {rival.name: rival.trace(scored, start) for rival in rivals(model.horizon, levels_K)}
    return recorded(model.trace(scored, start), others, levels_K)


def recorded(
    own: Rows[Trace], others: Mapping[str, Rows[Trace]], levels_K: np.ndarray
) -> TrackRecord:
    """Score forecasts beside those of rivals from the same origins.

    Parameters
    ----------
    own : list of Trace
        One a series. An origin counts where all its targets are known and its forecast is there:
        quantiles that are not are NaN.
    others : dict of str to list of Trace
        By rival.
    levels_K : ndarray of float64, shape (K,)
    """
    known = [_known(trace) for trace in own]
    horizon = own[0].q_THK.shape[1]
    times = [
        trace.sequence.time_T[trace.first :][known_T]
        for trace, known_T in zip(own, known, strict=True)
    ]
    loss_STH = _losses(own, known, levels_K)
    inside = {f"{band}": _inside(own, known, levels_K, band) for band in BANDS}
    sure = {
        band: estimated_mean(_by_instant(inside_STH, times), horizon)
        for band, inside_STH in inside.items()
    }
    instants = np.unique(np.concatenate(times))
    return TrackRecord(
        first=stamp(int(instants[0])),
        last=stamp(int(instants[-1])),
        origins=len(instants),
        horizon=horizon,
        comparisons=[
            _compare(name, loss_STH, _losses(traces, known, levels_K), times, horizon)
            for name, traces in others.items()
        ],
        coverage={band: float(np.concatenate(each).mean()) for band, each in inside.items()},
        coverage_by_horizon={
            band: np.concatenate(each).mean(axis=0).tolist() for band, each in inside.items()
        },
        coverage_error={band: each.error for band, each in sure.items()},
        degrees=sure[f"{BANDS[0]}"].degrees,
    )


def scorable(rows: Rows[Sequence], start: int, horizon: int) -> list[Sequence]:
    """Those series that can be scored from an instant on.

    Raises
    ------
    ShortHistory
        There is none: fewer than 30 origins with all their targets come from then on, or too few
        bars before for the rivals to learn from.
    """
    found = [row for row in rows if _can_score(row, start, horizon)]
    if not found:
        message = (
            f"fewer than {FEWEST_ORIGINS} bars from {stamp(start)} on have all {horizon} targets, "
            f"or fewer than {horizon + FEWEST_BEFORE} come before; give more history or a shorter "
            f"horizon"
        )
        raise ShortHistory(message)
    return found


def _can_score(row: Sequence, start: int, horizon: int) -> bool:
    before = int(np.searchsorted(row.time_T, start))
    return len(row) - before - horizon >= FEWEST_ORIGINS and before >= horizon + FEWEST_BEFORE


def _known(trace: Trace) -> np.ndarray:
    """Whether an origin counts, shape (T,)."""
    known_T: np.ndarray = np.isfinite(_targets(trace)).all(axis=1)
    known_T &= np.isfinite(trace.q_THK).all(axis=(1, 2))
    return known_T


def _targets(trace: Trace) -> np.ndarray:
    return targets(trace.sequence, trace.q_THK.shape[1])[trace.first :]


def _losses(traces: Rows[Trace], known: Rows[np.ndarray], levels_K: np.ndarray) -> list[np.ndarray]:
    """Loss by origin and horizon of each series."""
    return [
        pinball(_targets(trace)[known_T], trace.q_THK[known_T], levels_K)
        for trace, known_T in zip(traces, known, strict=True)
    ]


def _inside(
    traces: Rows[Trace], known: Rows[np.ndarray], levels_K: np.ndarray, band: float
) -> list[np.ndarray]:
    """Whether the target lay in the band, by origin and horizon of each series."""
    found = []
    for trace, known_T in zip(traces, known, strict=True):
        y_TH = _targets(trace)[known_T]
        lower_TH, upper_TH = band_edges(trace.q_THK[known_T], levels_K, band)
        found.append(((lower_TH <= y_TH) & (y_TH <= upper_TH)).astype(np.float64))
    return found


def _compare(
    name: str,
    own: list[np.ndarray],
    rival: list[np.ndarray],
    times: list[np.ndarray],
    horizon: int,
) -> Comparison:
    own_H = np.mean([loss_TH.mean(axis=0) for loss_TH in own], axis=0)
    rival_H = np.mean([loss_TH.mean(axis=0) for loss_TH in rival], axis=0)
    own_T, rival_T = _by_instant(own, times), _by_instant(rival, times)
    test = diebold_mariano(own_T, rival_T, horizon)
    return Comparison(
        rival=name,
        skill=skill(float(own_H.mean()), float(rival_H.mean())),
        skill_by_horizon=[skill(a, b) for a, b in zip(own_H, rival_H, strict=True)],
        p_value=test.p_value,
        error=estimated_skill(own_T, rival_T, horizon).error,
    )


def _by_instant(losses: list[np.ndarray], times: list[np.ndarray]) -> np.ndarray:
    """Mean loss of all series and horizons at each instant."""
    loss_N1 = np.concatenate([loss_TH.mean(axis=1, keepdims=True) for loss_TH in losses])
    return mean_by_instant(np.concatenate(times), loss_N1)[:, 0]
