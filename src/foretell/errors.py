"""Every error that foretell raises on purpose.

::

    ForetellError            exit 1   anything below
    ├── UsageError           exit 2   an argument that cannot be meant
    │   └── UnknownSymbol    exit 2   not a bundled sample, a file, stored, or listed
    ├── DataError            exit 5   the input is not a sequence to forecast
    │   ├── FrameError       exit 5   a column or a row is wrong; the row is named
    │   ├── ShortHistory     exit 5   fewer bars than the task needs
    │   └── ModelFileError   exit 5   not a model file, or one that is damaged
    ├── TrainingDiverged     exit 1   the loss left the finite numbers
    ├── MissingExtra         exit 1   an optional dependency is not installed
    ├── LedgerError          exit 1   the ledger of trials cannot be read or written
    ├── StoreError           exit 4   the store cannot be read or written, or is damaged
    │   └── StoreLocked      exit 4   another process is writing to it
    └── ExchangeError        exit 6   an exchange refuses, or does not answer
        └── ExchangeRefused  exit 6   it will refuse again, whenever it is asked

A message says what is wrong, shows the offending value, and ends with the remedy.
The command line prints it without a traceback and exits with the code given here.
"""

from __future__ import annotations

__all__ = [
    "DataError",
    "ExchangeError",
    "ExchangeRefused",
    "ForetellError",
    "FrameError",
    "LedgerError",
    "MissingExtra",
    "ModelFileError",
    "ShortHistory",
    "StoreError",
    "StoreLocked",
    "TrainingDiverged",
    "UnknownSymbol",
    "UsageError",
]


class ForetellError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 1


class UsageError(ForetellError, ValueError):
    """An argument that cannot be meant, such as a horizon of zero."""

    exit_code = 2


class UnknownSymbol(UsageError):
    """The name is no bundled sample, no readable file, not stored, or not listed."""


class DataError(ForetellError, ValueError):
    """The input is not a sequence that can be forecast."""

    exit_code = 5


class FrameError(DataError):
    """A frame with a wrong column or a wrong row.

    Attributes
    ----------
    row : int or None
        Zero-based row of the first offence in the frame as it was given.
    """

    def __init__(self, message: str, row: int | None = None) -> None:
        super().__init__(message)
        self.row = row


class ShortHistory(DataError):
    """There are fewer bars than the task needs."""


class ModelFileError(DataError):
    """The file is not a foretell model, or it is damaged."""


class TrainingDiverged(ForetellError):
    """The training loss left the finite numbers."""


class LedgerError(ForetellError):
    """The ledger of trials cannot be read or written; what was to be entered is not lost."""


class StoreError(ForetellError):
    """The store of candles cannot be read or written, or a file of it is damaged.

    What was stored before is still there; nothing is ever stored in part.
    """

    exit_code = 4


class StoreLocked(StoreError):
    """Another process is writing to the store; there is one writer at a time.

    Attributes
    ----------
    pid : int or None
        Process that holds the store, where it is known.
    """

    def __init__(self, message: str, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class ExchangeError(ForetellError):
    """An exchange refuses, or does not answer; what was fetched before is stored."""

    exit_code = 6


class ExchangeRefused(ExchangeError):
    """The exchange does not serve this country or key, so that asking again is in vain."""


class MissingExtra(ForetellError, ImportError):
    """An optional dependency is not installed."""
