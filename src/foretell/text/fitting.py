"""What `TextModel.fit` does with a text that is cut: train, and write down how."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from foretell.extras import needs
from foretell.model_file import versions
from foretell.text.engine import Engine
from foretell.text.sampling import Sampler
from foretell.text.tokens import Tokens
from foretell.training import NEEDS_TORCH, LanguageSettings

if TYPE_CHECKING:
    from foretell.training.language import TrainedLanguage, Weights
    from foretell.training.pupil import Progress

__all__ = ["TextProgress", "about", "train_network"]

LIBRARIES = ("foretell", "numpy", "safetensors", "tokenizers", "torch")


@dataclass(frozen=True)
class TextProgress:
    """How far training is: sent every few steps.

    Attributes
    ----------
    share : float
        Of the way; 1 when training is over.
    loss, best : float
        Nats per token of the validation text when it was last read, and the fewest so far.
    within : bool
        Whether training has gone on since; otherwise the text has just been read.
    sample : callable
        Takes a number of tokens and gives a text that the network writes as it is now.
    """

    share: float
    loss: float
    best: float
    within: bool
    sample: Callable[[int], str]


def train_network(
    training_N: np.ndarray,
    validation_N: np.ndarray,
    vocabulary: Tokens,
    settings: LanguageSettings,
    report: Callable[[TextProgress], None] | None,
) -> TrainedLanguage:
    """Train on tokens.

    Raises
    ------
    MissingExtra
        PyTorch is not installed.
    """
    with needs(*NEEDS_TORCH):
        from foretell.training.language import train

    def tell(progress: Progress, weights: Callable[[], Weights]) -> None:
        def sample(count: int) -> str:
            return "".join(Engine(weights(), vocabulary).write("", count, Sampler(seed=0)))

        if report is not None:
            far = (progress.share, progress.loss, progress.best, progress.within)
            report(TextProgress(*far, sample))

    return train(training_N, validation_N, vocabulary.size, settings, tell)


def about(text: str, vocabulary: Tokens, training: int, trained: TrainedLanguage) -> dict[str, Any]:
    """What a person wants to know of a model years later."""
    return {
        "data": {
            "characters": len(text),
            "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        },
        "tokens": {"vocabulary": vocabulary.size, "training": training},
        "training": {
            "end": trained.end.value,
            "steps": trained.steps,
            "weights": trained.size,
            "validation_nats_per_token": trained.validation_loss,
        },
        "versions": versions(LIBRARIES),
    }
