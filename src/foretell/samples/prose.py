"""A text that needs no file: Python's own help on its language."""

from __future__ import annotations

__all__ = ["text"]


def text() -> str:
    """English prose to try language models on, from the standard library.

    Returns
    -------
    str
        The topics of ``pydoc_data.topics``, which ``help()`` shows, in the order of their names:
        about 465,000 characters, and a few more or fewer in each version of Python. Python
        Software Foundation License.
    """
    from pydoc_data.topics import topics

    return "\n\n".join(topics[name] for name in sorted(topics))
