"""What was tried, and how a result fares against the number of tries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence as Rows
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np

from foretell.errors import UsageError
from foretell.proof.overfitting import DeflatedSharpe, Moments, deflated_sharpe
from foretell.proof.plain import plain

__all__ = ["Trial", "Trials", "as_json"]

FORMAT = 1
ENOUGH = 10


def _now() -> int:
    return int(datetime.now(UTC).timestamp())


@dataclass(frozen=True)
class Trial:
    """One configuration, tried on some data.

    Attributes
    ----------
    kind : str
        ``backtest``, ``tuning`` or the like.
    data : str
        Fingerprint of all bars: `foretell.series.fingerprint`.
    series : tuple of str
    configuration : dict
        Everything that was chosen: parameters of the forecaster, refits, rule, costs. Whatever
        JSON can hold.
    horizon : int
    start, end : int
        First and last origin that was scored, in seconds since 1970.
    summary : dict
        Figures worth listing.
    moments : Moments, optional
        Of the returns, where something was traded.
    bars_per_year : float, optional
        Which makes the Sharpe ratios of different time steps comparable.
    time : int
        When it was tried; now.
    """

    kind: str
    data: str
    series: tuple[str, ...]
    configuration: dict[str, Any]
    horizon: int
    start: int
    end: int
    summary: dict[str, Any] = field(default_factory=dict)
    moments: Moments | None = None
    bars_per_year: float | None = None
    time: int = field(default_factory=_now)

    @cached_property
    def config(self) -> str:
        """SHA-256 of configuration and horizon; the order of keys does not matter."""
        chosen = {"configuration": self.configuration, "horizon": self.horizon}
        return hashlib.sha256(as_json(chosen, sort_keys=True).encode()).hexdigest()

    @property
    def sharpe(self) -> float | None:
        """Annual Sharpe ratio, where something was traded."""
        if self.moments is None or self.bars_per_year is None:
            return None
        return self.moments.sharpe * float(np.sqrt(self.bars_per_year))

    def shares_data_with(self, other: Trial) -> bool:
        """Whether both were scored on one of the same series, over spans that overlap."""
        overlap = self.start <= other.end and other.start <= self.end
        return overlap and bool(set(self.series) & set(other.series))

    def to_dict(self) -> dict[str, Any]:
        """Everything, as a line of the ledger has it."""
        return {
            "format": FORMAT,
            "time": _written(self.time),
            "kind": self.kind,
            "data": self.data,
            "series": list(self.series),
            "config": self.config,
            "configuration": self.configuration,
            "horizon": self.horizon,
            "start": _written(self.start),
            "end": _written(self.end),
            "summary": self.summary,
            "returns": vars(self.moments) if self.moments else None,
            "bars_per_year": self.bars_per_year,
        }

    @classmethod
    def from_dict(cls, line: dict[str, Any]) -> Trial:
        """Read what `to_dict` wrote; fields that a later version may add are passed over."""
        returns = line["returns"]
        return cls(
            kind=line["kind"],
            data=line["data"],
            series=tuple(line["series"]),
            configuration=line["configuration"],
            horizon=line["horizon"],
            start=_read(line["start"]),
            end=_read(line["end"]),
            summary=line["summary"],
            moments=Moments(**returns) if returns else None,
            bars_per_year=line["bars_per_year"],
            time=_read(line["time"]),
        )


@dataclass(frozen=True)
class Trials:
    """The trials that a result has to be held against.

    Attributes
    ----------
    entries : list of Trial
        Distinct ones; of a trial that was repeated, the last.
    """

    entries: list[Trial]

    @classmethod
    def distinct(cls, entries: Rows[Trial]) -> Trials:
        """Keep the last of each configuration on each selection of series."""
        kept = {(each.config, tuple(sorted(each.series))): each for each in entries}
        return cls(list(kept.values()))

    def __len__(self) -> int:
        return len(self.entries)

    def variance(self, bars_per_year: float) -> float | None:
        """Variance over the trials of the Sharpe ratio of one bar; None below two of them.

        Parameters
        ----------
        bars_per_year : float
            Of the result: trials of another time step are converted.
        """
        sharpes = self._sharpes
        return float(np.var(sharpes, ddof=1)) / bars_per_year if len(sharpes) > 1 else None

    def deflate(self, moments: Moments, bars_per_year: float) -> DeflatedSharpe:
        """Deflate the Sharpe ratio of a result that is one of these trials.

        A few Sharpe ratios say little about their own variance. Below ten of them it is taken
        as at least that of an estimate without skill, which makes the test harder.
        """
        variance = self.variance(bars_per_year) or 0.0
        if len(self._sharpes) < ENOUGH:
            variance = max(variance, 1.0 / (moments.observations - 1.0))
        return deflated_sharpe(moments, max(len(self), 1), variance)

    @property
    def _sharpes(self) -> list[float]:
        return [each.sharpe for each in self.entries if each.sharpe is not None]


def _written(seconds: int) -> str:
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _read(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def as_json(value: Any, *, sort_keys: bool = False) -> str:
    """One line of JSON.

    Raises
    ------
    UsageError
        JSON has no form for the value.
    """
    try:
        return json.dumps(plain(value), sort_keys=sort_keys, allow_nan=False)
    except (TypeError, ValueError) as error:
        message = f"a trial holds what JSON cannot ({error}); give numbers, text, lists and dicts"
        raise UsageError(message) from None
