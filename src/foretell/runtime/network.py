"""The trained network, run without PyTorch: one step is the whole definition.

Axes: L layers, P parts of a cell's state, M members, S series, T time, F inputs, U units,
H horizons, K quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from foretell.errors import ModelFileError
from foretell.runtime.cells import LSTMCell
from foretell.runtime.heads import QuantileHead

__all__ = ["Network"]


class Network:
    """An ensemble of recurrent networks stepped together.

    Parameters
    ----------
    weights : mapping of str to ndarray
        ``cell.N.weight`` (M, D + U, 4 U), ``cell.N.bias`` (M, 4 U) for each layer N,
        ``head.weight`` (M, U + F, H K),
        ``head.prior`` (H, K).

    Raises
    ------
    ModelFileError
        A tensor is missing.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        try:
            layers = sum(name.endswith(".weight") for name in weights) - 1  # the head's is one
            self._cells = [
                LSTMCell(weights[f"cell.{n}.weight"], weights[f"cell.{n}.bias"])
                for n in range(layers)
            ]
            self._head = QuantileHead(weights["head.weight"], weights["head.prior"])
        except KeyError as error:
            message = f"the model has no tensor {error.args[0]!r}; save it again"
            raise ModelFileError(message) from None
        self.members = len(weights["head.weight"])

    def start(self, series: int = 1) -> np.ndarray:
        """State before the first bar, shape (L, P, M, S, U); `step` changes it in place."""
        cell = self._cells[0]
        shape = (len(self._cells), cell.parts, self.members, series, cell.units)
        return np.zeros(shape, dtype=np.float32)

    def advance(self, state: np.ndarray, x_SF: np.ndarray) -> np.ndarray:
        """Take in one bar of each series.

        Returns
        -------
        ndarray, shape (M, S, U + F)
            What the head reads: the last hidden state, and the inputs themselves.
        """
        flow = x_SF  # the same for all members; after a layer each has its own
        for layer, cell in enumerate(self._cells):
            flow = cell.step(state[layer], flow)
        x_MSF = np.broadcast_to(x_SF, (self.members, *x_SF.shape))
        return np.concatenate([flow, x_MSF], axis=-1)

    def step(self, state: np.ndarray, x_SF: np.ndarray) -> np.ndarray:
        """Take in one bar of each series; return standardised quantiles, shape (S, H, K)."""
        return self._head.step(self.advance(state, x_SF))

    def run(
        self, histories: Sequence[np.ndarray], first: Sequence[int] | None = None
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """Step through whole histories side by side.

        The histories are aligned at their ends, so that at every step the series under way are
        the longest ones and lie next to each other.

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
            After the last bar of every history.
        """
        starts = list(first) if first is not None else [0] * len(histories)
        order = sorted(range(len(histories)), key=lambda s: -len(histories[s]))
        longest = len(histories[order[0]])
        state = self.start(len(histories))
        found: list[list[np.ndarray]] = [[] for _ in histories]
        active = 0
        for clock in range(longest):
            while active < len(order) and longest - clock <= len(histories[order[active]]):
                active += 1
            rows = [len(histories[s]) - longest + clock for s in order[:active]]
            x_SF = np.stack([histories[s][row] for s, row in zip(order, rows, strict=False)])
            seen_MSD = self.advance(state[:, :, :, :active], x_SF)
            wanted = [n for n, row in enumerate(rows) if row >= starts[order[n]]]
            if wanted:
                z_SHK = self._head.step(seen_MSD[:, wanted])
                for n, z_HK in zip(wanted, z_SHK, strict=True):
                    found[order[n]].append(z_HK)
        back = np.argsort(order)
        return [np.array(forecasts) for forecasts in found], state[:, :, :, back]
