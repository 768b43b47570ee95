"""One visible training loop.

Training needs PyTorch (``foretell[train]``): `foretell.training.quantiles` and
`foretell.training.language` are imported where they are used. What is exported here needs none.
"""

from foretell.training.dataset import Dataset, History
from foretell.training.settings import SCHEDULES, LanguageSettings, Settings

__all__ = ["NEEDS_TORCH", "SCHEDULES", "Dataset", "History", "LanguageSettings", "Settings"]

NEEDS_TORCH = ("torch", "training needs PyTorch", "train")  # for `foretell.extras.needs`
