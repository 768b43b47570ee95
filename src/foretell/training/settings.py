"""What can be chosen about training."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LanguageSettings", "Settings"]


@dataclass(frozen=True)
class Settings:
    """Size and training schedule of a forecasting network.

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
    chunk: int = 128
    warm_up: int = 32
    batch: int = 8
    steps: int = 600
    patience: int = 40


@dataclass(frozen=True)
class LanguageSettings:
    """Size and training schedule of a language network.

    Attributes
    ----------
    cell : str
        One of `foretell.runtime.CELLS`.
    hidden_size, layers, embedding_size : int
    tied : bool
        Whether the readout's weights are the embedding; it is then as wide as a layer.
    dropout, embedding_dropout : float
        Between layers and before the readout, and of what enters the first layer.
    locked : bool
        Whether those drop the same units at every step of a chunk.
    word_dropout, weight_drop : float
        Dropout of whole categories as they enter, and of the recurrent weights.
    candidates : int, optional
        Categories drawn for each step's softmax, besides those that come next; None for all of
        them. Validation and scores always take all.
    seed : int
    learning_rate, weight_decay : float
        Of AdamW; the rate rises over the first of the way and falls to zero along a cosine.
    chunk : int
        Steps after which back-propagation is cut; the state goes on.
    batch : int
        Streams side by side; fewer for a short text.
    steps : int, optional
        Most gradient steps; None for no limit but `seconds`, and 4,000 where neither is given.
    seconds : float, optional
        The most that training may take; None for no limit.
    check : int
        Gradient steps between two validations.
    """

    cell: str = "lstm"
    hidden_size: int = 384
    layers: int = 1
    embedding_size: int = 64
    tied: bool = False
    dropout: float = 0.3
    embedding_dropout: float = 0.0
    locked: bool = False
    word_dropout: float = 0.0
    weight_drop: float = 0.0
    candidates: int | None = None
    seed: int = 0
    learning_rate: float = 4e-3
    weight_decay: float = 1e-2
    chunk: int = 64
    batch: int = 64
    steps: int | None = None
    seconds: float | None = None
    check: int = 500
