"""What can be chosen about training."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SCHEDULES", "Settings"]

SCHEDULES = ("constant", "cosine")


@dataclass(frozen=True)
class Settings:
    """Network size and training schedule.

    Attributes
    ----------
    cell : str
        One of `foretell.runtime.CELLS`.
    hidden_size, layers : int
    dropout : float
        Between layers and before the head.
    ensemble : int
        Networks trained from different seeds; their quantiles are averaged.
    seed : int
    learning_rate, weight_decay : float
        Of AdamW (Loshchilov and Hutter, ICLR 2019).
    schedule : {"constant", "cosine"}
        Whether the learning rate stays, or falls over all steps along half a cosine (Loshchilov
        and Hutter, SGDR, ICLR 2017, eq. 5); then `patience` is best as long as `steps`.
    chunk : int
        Steps with a loss in one training example: back-propagation is cut there.
    warm_up : int
        Steps run before them, without a loss, to fill the state.
    batch : int
        Chunks a gradient step.
    steps : int
        Most gradient steps, rounded up to whole passes over the data, and at least ten passes.
    patience : int
        Gradient steps without a better validation loss before training stops, rounded up
        likewise, and at least three passes.
    """

    cell: str = "lstm"
    hidden_size: int = 64
    layers: int = 1
    dropout: float = 0.0
    ensemble: int = 3
    seed: int = 0
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    schedule: str = "constant"
    chunk: int = 128
    warm_up: int = 32
    batch: int = 8
    steps: int = 600
    patience: int = 40
