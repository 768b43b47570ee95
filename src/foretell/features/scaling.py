"""Inputs brought to zero mean and unit spread, with figures from the training span alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Standardiser"]

CLIP = 10.0  # a value the training span never saw stays within what the network has seen


@dataclass(frozen=True)
class Standardiser:
    """Mean and spread of every input.

    Attributes
    ----------
    mean_F, spread_F : ndarray of float64, shape (F,)
    """

    mean_F: np.ndarray
    spread_F: np.ndarray

    @classmethod
    def fit(cls, inputs_NF: np.ndarray, copies_F: np.ndarray | float = 1.0) -> Standardiser:
        """Measure over the training span; an input that never varies gets spread 1.

        Parameters
        ----------
        inputs_NF : ndarray of float64
        copies_F : ndarray of float64, optional
            How many inputs show the same thing as this one; together they vary as one does.
        """
        spread_F = inputs_NF.std(axis=0)
        constant_F = spread_F <= 1e-9 * np.maximum(1.0, np.abs(inputs_NF).max(axis=0))
        unit_F = np.where(constant_F, 1.0, spread_F) * np.sqrt(copies_F)
        return cls(inputs_NF.mean(axis=0), unit_F)

    def apply(self, inputs: np.ndarray) -> np.ndarray:
        """Standardise inputs of shape (..., F) to float32."""
        scaled = (inputs - self.mean_F) / self.spread_F
        clipped: np.ndarray = np.clip(scaled, -CLIP, CLIP).astype(np.float32)
        return clipped
