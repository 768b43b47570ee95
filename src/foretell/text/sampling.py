"""How a token is drawn from the odds that the network gives.

Axes: V categories, K of them that may be drawn, the likeliest first.
"""

from __future__ import annotations

import numpy as np

from foretell.text.arguments import check_writing

__all__ = ["Sampler"]

COLDEST = 1e-30  # temperature at which only the likeliest are drawn; below it numbers overflow


class Sampler:
    """Draws from a softmax, perhaps sharpened and cut.

    Parameters
    ----------
    temperature : float
        The logits are divided by it: below 1 the likely becomes likelier.
    top_k : int, optional
        Only the `top_k` likeliest categories are drawn; of equal ones those that come first.
    top_p : float, optional
        Only the fewest categories that together have this probability are drawn (Holtzman et
        al., ICLR 2020), after the other two.
    seed : int, optional
        The same seed gives the same draws.

    Raises
    ------
    UsageError
        An argument cannot be meant.
    """

    def __init__(
        self,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> None:
        check_writing(temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
        self._colder = 1.0 / max(temperature, COLDEST)
        self._top_k = top_k
        self._top_p = top_p
        self._uniform = np.random.default_rng(seed).random

    def draw(self, logits_V: np.ndarray, never: int | None = None) -> int:
        """Draw a category, but one of them never."""
        scaled_V = logits_V.astype(np.float64)
        if never is not None:
            scaled_V[never] = -np.inf
        scaled_V -= scaled_V.max()
        scaled_V *= self._colder
        weight_V = np.exp(scaled_V, out=scaled_V)
        if self._top_k is None and self._top_p is None:
            return self._pick(weight_V)
        order_K = np.argsort(-weight_V, kind="stable")[: self._top_k]
        weight_K = weight_V[order_K]
        if self._top_p is not None:
            edge_K = weight_K.cumsum()
            weight_K = weight_K[: int(edge_K.searchsorted(self._top_p * edge_K[-1])) + 1]
        return int(order_K[self._pick(weight_K)])

    def _pick(self, weight_K: np.ndarray) -> int:
        """Where a draw from (0, 1] falls: never on a weight of zero, never beyond the end."""
        edge_K = weight_K.cumsum()
        return int(edge_K.searchsorted((1.0 - self._uniform()) * edge_K[-1]))
