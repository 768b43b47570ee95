"""Rivals that cannot share foretell's environment: each runs in a virtual environment of its own.

The environment is made below a work folder on first use and reused while its list of requirements
stays the same. Making it takes minutes and about 1.7 GB; it is no part of any time reported.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from protocol import CUT, HORIZON, QUANTILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["make_environment", "neuralforecast_forecast"]

TORCH = "torch==2.13.0"
NEURALFORECAST = "neuralforecast==3.3.0"


def neuralforecast_forecast(data_path: str | Path, workdir: str | Path) -> tuple[Floats, float]:
    """Train neuralforecast's LSTM before the cut and forecast from every test origin.

    Parameters
    ----------
    data_path
        The Parquet file of candles.
    workdir
        Folder for the environment and the result; created if missing.

    Returns
    -------
    q_STHK, fit_seconds
        Quantiles of the log return, aligned as `protocol` says, and the wall time of the fit.

    Raises
    ------
    RuntimeError
        If the environment cannot be made or the script fails; the message ends with its output.
    """
    workdir = Path(workdir).resolve()
    python = make_environment(workdir / "neuralforecast", TORCH, NEURALFORECAST)
    script = Path(__file__).with_name("neuralforecast_lstm.py")
    output = workdir / "neuralforecast_lstm.npz"
    output.unlink(missing_ok=True)  # A result left by an earlier run must not pass for this one's.
    protocol = {"cut": f"{CUT:%Y-%m-%d}", "horizon": HORIZON, "quantiles": QUANTILES}
    _run([python, script, Path(data_path).resolve(), output, json.dumps(protocol)], workdir)
    with np.load(output) as result:
        return result["q_STHK"], float(result["fit_seconds"])


def make_environment(folder: Path, torch: str, *packages: str) -> Path:
    """Create a virtual environment, unless it is there already, and return its interpreter.

    torch is installed first and then constrains the rest: left to themselves the packages would
    ask for whatever torch is newest, and for gigabytes of GPU libraries with it.

    Parameters
    ----------
    folder
        Where the environment goes.
    torch
        The pinned requirement of torch.
    *packages
        Requirements to install after it.
    """
    python = folder / "bin" / "python"
    requirements = "\n".join([torch, *packages]) + "\n"
    installed = folder / "installed.txt"  # Written last: its absence marks a broken environment.
    if installed.exists() and installed.read_text() == requirements:
        return python
    folder.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", "--clear", folder], folder)
    constraints = folder / "constraints.txt"
    constraints.write_text(torch + "\n")
    pip = [python, "-m", "pip", "install", "--quiet", "--constraint", constraints]
    _run([*pip, torch], folder)
    _run([*pip, *packages], folder)
    installed.write_text(requirements)
    return python


def _run(command: Sequence[object], folder: Path) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{' '.join(words)} failed with code {done.returncode}:\n{done.stderr[-2000:]}"
        raise RuntimeError(message)
