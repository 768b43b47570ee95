"""Libraries of the extras: what is missing is said when it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from foretell.errors import MissingExtra

__all__ = ["needs"]


@contextmanager
def needs(library: str, why: str, extra: str) -> Iterator[None]:
    """Import something that an extra brings, within this context.

    Parameters
    ----------
    library : str
        That may be missing, by the name it is imported under. The lack of any other is a fault.
    why : str
        Such as ``training needs PyTorch``: the beginning of the message.
    extra : str
        Of the package, that has the library.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        message = f"{why}, which is not installed; pip install 'foretell[{extra}]'"
        raise MissingExtra(message) from error
