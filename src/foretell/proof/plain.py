"""Figures in the forms that JSON knows."""

from __future__ import annotations

from math import isfinite, nan
from typing import Any

import numpy as np

__all__ = ["plain", "restored"]


def plain(value: Any) -> Any:
    """NumPy's numbers as Python's; what is not finite as null, which JSON has a word for."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    return None if isinstance(value, float) and not isfinite(value) else value


def restored(value: Any) -> Any:
    """What `plain` made, with NaN again where it wrote null."""
    if isinstance(value, dict):
        return {key: restored(each) for key, each in value.items()}
    if isinstance(value, list):
        return [restored(each) for each in value]
    return nan if value is None else value
