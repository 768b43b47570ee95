"""What of a text is learned from, and what is kept to choose the best network."""

from __future__ import annotations

__all__ = ["part"]

KEPT = 0.02  # share of the text
MOST_KEPT = 100_000  # characters
PIECES, SHORTEST_PIECE = 32, 200  # characters


def part(text: str) -> tuple[str, str]:
    """Keep pieces of a text, evenly spread over it.

    A long text changes: a book has other names in its last chapters than in its first. If its
    last part were kept, nothing would be learned of what is nearest to all that may follow. The
    network is chosen by what is kept and not judged by it: for that, score another text.

    Returns
    -------
    learned, kept : str
        The pieces of either, joined. Each kept piece ends a section of the text, all of the same
        length.
    """
    kept = min(int(KEPT * len(text)), MOST_KEPT)
    pieces = min(PIECES, max(1, kept // SHORTEST_PIECE))
    ends = [len(text) * (number + 1) // pieces for number in range(pieces)]
    begins = [0, *ends[:-1]]
    cuts = [end - kept // pieces for end in ends]
    learned = [text[begin:cut] for begin, cut in zip(begins, cuts, strict=True)]
    spared = [text[cut:end] for cut, end in zip(cuts, ends, strict=True)]
    return "".join(learned), "".join(spared)
