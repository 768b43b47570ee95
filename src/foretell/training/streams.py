"""One long text as streams side by side, read chunk after chunk with the state carried over.

Axes: N categories of the text, B streams, T steps of a chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

__all__ = ["Passage", "passages"]


@dataclass(frozen=True)
class Passage:
    """The next chunk of every stream.

    Attributes
    ----------
    category_BT, next_BT : ndarray of int64
        What is read, and what follows each: the same one step later.
    anew : bool
        Whether the streams begin here. Otherwise they go on where the last passage ended.
    """

    category_BT: np.ndarray
    next_BT: np.ndarray
    anew: bool


def passages(category_N: np.ndarray, streams: int, chunk: int, first: int = 0) -> Iterator[Passage]:
    """Cut a text into streams of the same length, and those into chunks.

    Every category is read once in a pass, but for `first` and fewer than `streams` at the end;
    each stream's last is only predicted.

    Parameters
    ----------
    category_N : ndarray of int
    streams, chunk : int
        The text must be longer than `streams`.
    first : int
        Where the first stream begins: another one in each pass moves all cuts.
    """
    steps = (len(category_N) - first - 1) // streams
    stop = first + steps * streams
    category_BT = category_N[first:stop].reshape(streams, steps)
    next_BT = category_N[first + 1 : stop + 1].reshape(streams, steps)
    for begin in range(0, steps, chunk):
        cut = slice(begin, begin + chunk)
        read_BT, follow_BT = (each[:, cut].astype(np.int64) for each in (category_BT, next_BT))
        yield Passage(read_BT, follow_BT, anew=not begin)
