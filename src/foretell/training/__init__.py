"""One visible training loop.

`foretell.training.loop` needs PyTorch (``foretell[train]``) and is imported where it is used;
what is exported here does not.
"""

from foretell.training.dataset import Dataset, History
from foretell.training.settings import SCHEDULES, Settings

__all__ = ["SCHEDULES", "Dataset", "History", "Settings"]
