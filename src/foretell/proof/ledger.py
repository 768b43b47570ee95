"""The ledger of trials: every backtest and every tuning run, so that luck can be counted.

One line of JSON a trial, only ever appended. A line that was cut off, by a crash or a full disk,
is passed over and reported; the lines before and after it are read.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from collections.abc import Sequence as Rows
from contextlib import contextmanager
from pathlib import Path

from foretell.errors import LedgerError
from foretell.home import HOME, data_folder
from foretell.proof.trials import Trial, Trials, as_json

__all__ = ["Ledger"]


class Ledger:
    """The file, and what it says.

    Parameters
    ----------
    path : Path, optional
        By default ``ledger.jsonl`` in `data_folder`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = data_folder() / "ledger.jsonl" if path is None else path

    def append(self, trial: Trial) -> None:
        """Enter a trial; it is on the disk when this returns.

        Several processes may append at once. A line is written whole, after a line break where
        a crash has left the last one cut off.

        Raises
        ------
        LedgerError
            The file cannot be written. The trial is not lost: it is the caller's to show or to
            try again.
        UsageError
            The trial holds what JSON cannot.
        """
        line = (as_json(trial.to_dict()) + "\n").encode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._write(line)
        except OSError as error:
            message = (
                f"the trial could not be entered in {self.path} ({error.strerror}); it will not be "
                f"counted. Make the folder writable, or set {HOME} to another"
            )
            raise LedgerError(message) from error

    def _write(self, line: bytes) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.path, flags, 0o600)
        try:
            with _locked(descriptor, alone=True):
                whole = line if _ends_a_line(descriptor) else b"\n" + line
                while whole:
                    whole = whole[os.write(descriptor, whole) :]
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def read(self) -> tuple[list[Trial], list[int]]:
        """Every entry in the order of the file, repeats included.

        Returns
        -------
        list of Trial
        damaged : list of int
            Numbers, from 1, of lines that cannot be read.

        Raises
        ------
        LedgerError
            There is a file, and it cannot be opened.
        """
        entries, damaged = [], []
        for number, line in enumerate(self._lines(), 1):
            if not line.strip():
                continue
            try:
                entries.append(Trial.from_dict(json.loads(line)))
            except (ValueError, KeyError, TypeError):
                damaged.append(number)
        return entries, damaged

    def _lines(self) -> list[bytes]:
        try:
            with self.path.open("rb") as file, _locked(file.fileno(), alone=False):
                return file.read().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            message = (
                f"{self.path} cannot be read ({error.strerror}); correct its permissions, or set "
                f"{HOME} to another folder"
            )
            raise LedgerError(message) from error

    def trials(
        self,
        *,
        data: str | None = None,
        series: Rows[str] | None = None,
        start: int | None = None,
        end: int | None = None,
    ) -> Trials:
        """Count the distinct trials that a result has to be held against.

        Whoever picks the best of several tries picks luck too, so every configuration counts that
        was scored on data in common: on at least one of the same series, over a span that
        overlaps. It counts whatever came of it, and whether or not anything was traded. The same
        configuration on the same series counts once, also after new bars have come; on another
        selection of series it counts again.

        Parameters
        ----------
        data : str, optional
            Fingerprint: series and span are those entered with it.
        series : list of str, optional
            By default all series: right where the best of many series was picked.
        start, end : int, optional
            Span of the result, in seconds since 1970; by default all time.

        Notes
        -----
        Series are known by their names. Renaming one, deleting the ledger and trying on another
        machine all hide trials, and no count can tell.
        """
        entries, _ = self.read()
        if data is not None:
            same = [each for each in entries if each.data == data]
            return Trials.distinct(
                [each for each in entries if any(each.shares_data_with(one) for one in same)]
            )
        wanted = None if series is None else {series} if isinstance(series, str) else set(series)
        return Trials.distinct(
            [
                each
                for each in entries
                if (wanted is None or wanted & set(each.series))
                and (end is None or each.start <= end)
                and (start is None or each.end >= start)
            ]
        )


def _ends_a_line(descriptor: int) -> bool:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if size == 0:
        return True
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) == b"\n"


@contextmanager
def _locked(descriptor: int, *, alone: bool) -> Iterator[None]:
    """Hold the file's lock, which the system lets go of if the process dies.

    Where there is no `fcntl` the append is still one write at the end of the file.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
