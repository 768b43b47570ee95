"""How much of the gradient survives on its way back through time.

What a step long ago can still teach is the product of the Jacobians of all steps since (Bengio,
Simard and Frasconi, IEEE Transactions on Neural Networks 5, 1994). Measured here, for every cell
alike, is what is left of it at the inputs:

    s(k) = |d h_T / d x_(T-k)| / |d h_T / d x_T|,

with Frobenius norms, squares averaged over sequences. Axes: B sequences, T steps, D inputs,
U units, K lags.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch

from foretell.models.cells import Cell

__all__ = ["averaged", "survival"]


def survival(cell: Cell, x_BTD: torch.Tensor, generator: torch.Generator) -> np.ndarray:
    """What share of the gradient at lag 0 is left at each lag.

    The norms are estimated by random signs v, others for each sequence: the mean of ``|v' J|^2`` is
    ``|J|^2`` (Hutchinson, Communications in Statistics 18, 1989). In double precision, which goes
    far below what float32 can tell from zero.

    Returns
    -------
    ndarray of float64, shape (T,)
        By lag, from 0.
    """
    x_BTD = x_BTD.detach().double().requires_grad_()
    hidden_BTU, _ = deepcopy(cell).double()(x_BTD)
    last_BU = hidden_BTU[:, -1]
    sign_BU = 2.0 * torch.randint(2, last_BU.shape, generator=generator).double() - 1.0
    (gradient_BTD,) = torch.autograd.grad((last_BU * sign_BU).sum(), x_BTD)
    square_T = gradient_BTD.square().sum(dim=-1).mean(dim=0)
    norm_K: np.ndarray = square_T.sqrt().flip(0).numpy()
    share_K: np.ndarray = norm_K / norm_K[0]
    return share_K


def averaged(runs: Sequence[np.ndarray]) -> np.ndarray:
    """Geometric mean over runs, as suits what is looked at on a logarithmic axis."""
    smallest = np.finfo(np.float64).tiny
    mean_K: np.ndarray = np.exp(np.mean(np.log(np.maximum(runs, smallest)), axis=0))
    return mean_K
