"""A model as one safetensors file: tensors, and a card of JSON in the metadata. No pickle."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from foretell.errors import ModelFileError, UsageError
from foretell.writing import write_whole

__all__ = ["assembling", "read_card", "under", "versions", "write_card"]


def write_card(
    path: str | Path, card: Mapping[str, Any], tensors: Mapping[str, np.ndarray]
) -> None:
    """Write both as one file; see `foretell.writing.write_whole`."""
    arrays = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    write_whole(path, save(arrays, metadata={"foretell": json.dumps(card, default=_plain)}))


def _plain(value: Any) -> Any:
    """Python's own number for NumPy's."""
    return value.item()


def read_card(path: Path, how: str, remedy: str) -> tuple[Any, dict[str, np.ndarray]]:
    """Read the card, which may be anything that JSON can say, and the tensors.

    Parameters
    ----------
    path : Path
    how : str
        To make such a file, for a message.
    remedy : str
        Where it is damaged, such as ``save it again``.

    Raises
    ------
    UsageError
        There is no such file.
    ModelFileError
        It is not safetensors with JSON in it.
    """
    if not path.is_file():
        message = f"no model file {str(path)!r}; {how}"
        raise UsageError(message)
    try:
        with safe_open(path, framework="numpy") as file:
            card = json.loads((file.metadata() or {}).get("foretell", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError) as error:
        message = f"{str(path)!r} is not a foretell model or is damaged ({error}); {remedy}"
        raise ModelFileError(message) from error
    return card, tensors


@contextmanager
def assembling(path: Path, remedy: str) -> Iterator[None]:
    """Turn whatever goes wrong with what was read into a word on the file.

    Raises
    ------
    ModelFileError
        A part is missing, or the parts do not hold together.
    """
    try:
        yield
    except KeyError as error:
        message = f"{str(path)!r} lacks {error}; {remedy}"
        raise ModelFileError(message) from error
    except (TypeError, IndexError, ValueError, ArithmeticError) as error:
        message = f"{str(path)!r} does not hold together ({error}); {remedy}"
        raise ModelFileError(message) from error


def under(prefix: str, tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those whose names begin alike, by the rest of their names."""
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def versions(libraries: Sequence[str]) -> dict[str, str]:
    """Versions of Python and of those of the libraries that are installed, for a card."""
    found = {"python": platform.python_version()}
    for library in libraries:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
