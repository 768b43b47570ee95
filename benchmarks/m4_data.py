"""The M4 competition's files: series, what came after them, and every entry's published errors.

The files hold no times, and nothing may be read into made-up ones. `frame` stamps the bars `STEP`
apart, longer than any cycle of the calendar, so that foretell reads none from them.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from owa import Errors

__all__ = ["HOURLY", "WEEKLY", "Collection", "Kind", "frame", "load", "published"]

BEGIN, STEP = datetime(2001, 1, 1, tzinfo=UTC), timedelta(days=400)  # made up
TABLE = "eval_Point_Forecasts-Frequency.csv"


@dataclass(frozen=True)
class Kind:
    """One of the competition's frequencies.

    Attributes
    ----------
    name : str
        In file names and in the published table.
    horizon : int
        Bars ahead.
    season : int
        Bars in a season, by the competition's rules of scoring.
    """

    name: str
    horizon: int
    season: int


HOURLY = Kind("Hourly", horizon=48, season=24)
WEEKLY = Kind("Weekly", horizon=13, season=1)


@dataclass(frozen=True)
class Collection:
    """All series of one frequency.

    Attributes
    ----------
    kind : Kind
    names : tuple of str
    histories : tuple of ndarray of float64, shape (N,)
        What may be learned from; N differs.
    actuals : tuple of ndarray of float64, shape (H,)
        What came after.
    """

    kind: Kind
    names: tuple[str, ...]
    histories: tuple[np.ndarray, ...]
    actuals: tuple[np.ndarray, ...]

    def earlier(self) -> Collection:
        """The same with the last bars of each history as what came after it."""
        cut = self.kind.horizon
        histories = tuple(each[:-cut] for each in self.histories)
        return replace(self, histories=histories, actuals=tuple(e[-cut:] for e in self.histories))


def load(folder: Path, kind: Kind) -> Collection:
    """Read ``<name>-train.csv.gz`` and ``<name>-test.csv.gz``.

    Raises
    ------
    ValueError
        If the two files name other series.
    """
    train = _rows(folder / f"{kind.name}-train.csv.gz")
    test = _rows(folder / f"{kind.name}-test.csv.gz")
    if list(train) != list(test):
        message = f"the training and test files of {kind.name} name other series"
        raise ValueError(message)
    return Collection(kind, tuple(train), tuple(train.values()), tuple(test.values()))


def _rows(path: Path) -> dict[str, np.ndarray]:
    with gzip.open(path, "rt", newline="") as lines:
        _, *rows = csv.reader(lines)
    return {name: np.array([float(each) for each in values if each]) for name, *values in rows}


def frame(names: tuple[str, ...], histories: tuple[np.ndarray, ...]) -> pl.DataFrame:
    """Series as foretell takes them: series, time, value; all begin together."""
    parts = [
        pl.DataFrame({
            "series": name,
            "time": [BEGIN + STEP * bar for bar in range(len(history))],
            "value": history,
        })
        for name, history in zip(names, histories, strict=True)
    ]  # fmt: skip
    return pl.concat(parts)


def published(folder: Path, kind: Kind) -> dict[str, Errors]:
    """Mean errors of every entry, from the competition's table; entries without are left out."""
    with (folder / TABLE).open(newline="") as lines:
        _, header, *rows = csv.reader(lines)
    smape, mase, _ = (place for place, name in enumerate(header) if name == kind.name)
    return {
        row[0]: Errors(float(row[smape]), float(row[mase]))
        for row in rows
        if row[smape] not in {"", "NA"}
    }
