"""The trained network, run without PyTorch: one step is the whole definition.

Axes: L layers, P parts of a cell's state, M members, S series, T time, F inputs, U units,
H horizons, K quantiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from foretell.runtime.cells import Look
from foretell.runtime.heads import QuantileHead
from foretell.runtime.stack import Stack

__all__ = ["Network", "State"]


class State:
    """Everything that one step leaves for the next, for series side by side."""

    def __init__(self, stack: Stack, head: QuantileHead, series: int) -> None:
        self.stack = stack.start(series)
        self.head = head.start(self.stack.seen_MS1D)

    def save(self) -> np.ndarray:
        """Copy of what is remembered, shape (L, P, M, S, U)."""
        return self.stack.save()

    def restore(self, kept: np.ndarray) -> None:
        """Go on from what `save` gave."""
        self.stack.restore(kept)

    def forget(self, series: int) -> None:
        """Put one series back to before its first bar."""
        self.stack.forget(series)


class Network:
    """An ensemble of recurrent networks stepped together.

    Parameters
    ----------
    weights : mapping of str to ndarray
        The layers, as `foretell.runtime.Stack.of` reads them; ``head.weight`` (M, F + U, H K),
        ``head.prior`` (H, K).

    Raises
    ------
    ValueError
        A tensor is missing.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        try:
            self._stack = Stack.of(weights)
            self._head = QuantileHead(weights["head.weight"], weights["head.prior"])
        except KeyError as error:
            message = f"there is no tensor {error.args[0]!r}"
            raise ValueError(message) from None

    def start(self, series: int = 1) -> State:
        """State before the first bar of some series."""
        return State(self._stack, self._head, series)

    def advance(self, state: State, x_SF: np.ndarray) -> None:
        """Take in one bar of each series, without a forecast."""
        self._stack.advance(state.stack, x_SF)

    def read(self, state: State) -> np.ndarray:
        """Standardised quantiles after the bar just taken in, shape (S, H, K)."""
        return self._head.step(state.head)

    def step(self, state: State, x_SF: np.ndarray) -> np.ndarray:
        """Take in one bar of each series; return standardised quantiles, shape (S, H, K)."""
        self.advance(state, x_SF)
        return self.read(state)

    def look(self, x_TF: np.ndarray) -> Iterator[list[Look]]:
        """Step through one history; after every bar, what each layer did in it."""
        state = self.start()
        for x_F in x_TF:
            self.advance(state, x_F[None])
            yield self._stack.look(state.stack)

    def run(
        self, histories: Sequence[np.ndarray], first: Sequence[int] | None = None
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """Step through whole histories side by side, aligned at their ends.

        Parameters
        ----------
        histories : list of ndarray, each of shape (T, F)
            Lengths may differ.
        first : list of int, optional
            First row of each history whose forecast is wanted; by default all rows.

        Returns
        -------
        list of ndarray, each of shape (T - first, H, K)
        state : ndarray, shape (L, P, M, S, U)
            What is remembered after the last bar of every history.
        """
        longest = max(map(len, histories))
        late_S = [longest - len(history) for history in histories]
        wanted_S = [
            late + start for late, start in zip(late_S, first or [0] * len(late_S), strict=True)
        ]
        x_TSF = np.zeros((longest, len(histories), histories[0].shape[1]), dtype=np.float32)
        for series, history in enumerate(histories):
            x_TSF[late_S[series] :, series] = history
        state = self.start(len(histories))
        z_TSHK = []
        for clock, x_SF in enumerate(x_TSF):
            if clock in late_S:
                for beginning in np.flatnonzero(np.equal(late_S, clock)):
                    state.forget(int(beginning))
            self.advance(state, x_SF)
            if clock >= min(wanted_S):
                z_TSHK.append(self.read(state))
        skipped = longest - len(z_TSHK)
        shape = (-1, len(histories), *self._head.shape)
        forecasts = np.array(z_TSHK, dtype=np.float32).reshape(shape)
        found = [forecasts[wanted - skipped :, n].copy() for n, wanted in enumerate(wanted_S)]
        return found, state.save()
