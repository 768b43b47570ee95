"""The exception tree: kinds, exit codes, and a docstring that tells the truth."""

from __future__ import annotations

import inspect
import re

import pytest

from foretell import errors
from foretell.errors import (
    DataError,
    ExchangeError,
    ExchangeRefused,
    ForetellError,
    FrameError,
    LedgerError,
    MissingExtra,
    ModelFileError,
    ShortHistory,
    StoreError,
    StoreLocked,
    TrainingDiverged,
    UnknownSymbol,
    UsageError,
)

KINDS = {name: getattr(errors, name) for name in errors.__all__}
TREE = dict(re.findall(r"(?m)^[ │├└─]*(\w+) +exit (\d)", errors.__doc__))


@pytest.mark.parametrize(
    ("kind", "parent", "exit_code"),
    [
        (ForetellError, Exception, 1),
        (UsageError, ForetellError, 2),
        (UnknownSymbol, UsageError, 2),
        (DataError, ForetellError, 5),
        (FrameError, DataError, 5),
        (ShortHistory, DataError, 5),
        (ModelFileError, DataError, 5),
        (TrainingDiverged, ForetellError, 1),
        (MissingExtra, ForetellError, 1),
        (LedgerError, ForetellError, 1),
        (StoreError, ForetellError, 4),
        (StoreLocked, StoreError, 4),
        (ExchangeError, ForetellError, 6),
        (ExchangeRefused, ExchangeError, 6),
    ],
)
def test_kind_has_its_parent_and_exit_code(
    kind: type[ForetellError], parent: type[Exception], exit_code: int
) -> None:
    assert kind.__mro__[1] is parent
    assert kind.exit_code == exit_code


def test_tree_in_the_docstring_is_the_tree() -> None:
    assert {name: str(kind.exit_code) for name, kind in KINDS.items()} == TREE


def test_every_exception_of_the_module_is_public() -> None:
    defined = {
        name for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, Exception)
    }  # fmt: skip
    assert defined == set(errors.__all__)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [(UsageError, ValueError), (DataError, ValueError), (MissingExtra, ImportError)],
)
def test_kind_is_caught_as_the_builtin_it_resembles(
    kind: type[ForetellError], builtin: type[Exception]
) -> None:
    assert issubclass(kind, builtin)


def test_frame_error_carries_the_row() -> None:
    assert FrameError("row 7: wrong", 7).row == 7
    assert FrameError("no time column").row is None
    assert str(FrameError("row 7: wrong", 7)) == "row 7: wrong"
