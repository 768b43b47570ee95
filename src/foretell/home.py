"""The folder of the user's data."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["HOME", "data_folder"]

HOME = "FORETELL_HOME"


def data_folder() -> Path:
    """Folder of the user's data: ``FORETELL_HOME``, or where the system keeps such things.

    On Linux that is ``foretell`` in ``XDG_DATA_HOME``.
    """
    chosen = os.environ.get(HOME)
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("foretell", appauthor=False)
