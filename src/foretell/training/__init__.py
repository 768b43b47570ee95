"""One visible training loop.

Training needs PyTorch (``foretell[train]``): `foretell.training.quantiles` and
`foretell.training.language` are imported where they are used. What is exported here needs none.
"""

from foretell.training.dataset import Dataset, History
from foretell.training.settings import SCHEDULES, LanguageSettings, Settings

__all__ = ["SCHEDULES", "Dataset", "History", "LanguageSettings", "Settings"]
