"""A text, from a file or as it is."""

from __future__ import annotations

import gzip
from pathlib import Path

from foretell.errors import DataError, UnknownSymbol

__all__ = ["read_text"]

LONGEST_NAME = 4_096  # bytes of a path


def read_text(source: str | Path) -> str:
    """Read a text.

    Parameters
    ----------
    source : str or Path
        A Path, or a str that is the name of a file that exists, is read, unpacked if it ends in
        ``.gz``. Any other str is the text.

    Raises
    ------
    UnknownSymbol
        There is no such file.
    DataError
        It holds no UTF-8, or nothing.
    """
    named = isinstance(source, Path) or _names_a_file(source)
    text = _contents(Path(source)) if named else str(source)
    if not text:
        message = f"{str(source)!r} is empty; give a text" if named else "the text is empty"
        raise DataError(message)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        message = f"character {error.start} of the text is half of a surrogate pair; remove it"
        raise DataError(message) from error
    return text


def _names_a_file(source: str) -> bool:
    if len(source) > LONGEST_NAME or "\n" in source:
        return False
    try:
        return Path(source).is_file()
    except (OSError, ValueError):
        return False


def _contents(path: Path) -> str:
    if not path.is_file():
        message = f"no file {str(path)!r}; give the path of a text in UTF-8"
        raise UnknownSymbol(message)
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = (
            f"{str(path)!r} is not a text in UTF-8: byte {error.start} is "
            f"{error.object[error.start]:#04x}; save it in UTF-8"
        )
        raise DataError(message) from error
    except (OSError, EOFError) as error:
        message = f"cannot read {str(path)!r}: {error}; give another file"
        raise DataError(message) from error
