"""Your own model as a rival, here a quantile regression of scikit-learn.

``python examples/own_model.py`` (needs scikit-learn)

A rival has a name and one method. What it fits may see the bars before the first origin alone;
what it says from a bar may see the bars up to that one.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import QuantileRegressor

import foretell as ft
from foretell.forecast import RIVALS, level, pinball, targets
from foretell.series import Sequence, sequences


class LinearQuantiles(ft.Rival):
    """Quantiles of the log return ahead, linear in the volatility of the last week and month."""

    name = "linear quantiles"

    def forecast(self, row: Sequence, first: int) -> np.ndarray:
        """Fit before `first`, forecast from there on; see `ft.Rival.forecast`."""
        level_T = level(row)
        move_T = np.abs(np.diff(level_T, prepend=level_T[0]))
        means = [np.convolve(move_T, np.ones(n) / n)[: len(move_T)] for n in (7, 30)]
        x_TF = np.log(np.stack(means, axis=1) + 1e-4)
        y_NH = (targets(row.head(first), self.horizon) - level_T[:first, None])[30:]
        q_THK = np.empty((len(row) - first, self.horizon, len(self.levels_K)))
        for h, y_N in enumerate(y_NH.T):
            known = np.isfinite(y_N)
            for k, quantile in enumerate(self.levels_K):
                model = QuantileRegressor(quantile=quantile, alpha=0.0)
                model.fit(x_TF[30:first][known], y_N[known])
                q_THK[:, h, k] = model.predict(x_TF[first:])
        return level_T[first:, None, None] + np.sort(q_THK, axis=-1)


if __name__ == "__main__":
    row = sequences(ft.samples.load("BTC-USD"))[0].tail(900)
    levels_K, first = np.array([0.05, 0.25, 0.5, 0.75, 0.95]), 600
    for kind in (RIVALS["random-walk"], RIVALS["ewma"], LinearQuantiles):
        q_THK = kind(3, levels_K).forecast(row, first)
        print(f"{kind.name:18} {np.nanmean(pinball(targets(row, 3)[first:], q_THK, levels_K)):.5f}")
