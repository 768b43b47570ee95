"""Language, as the training loop takes it: one network on streams whose state is carried over.

Axes: N categories of a text, B streams, T steps of a passage, V categories.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from foretell.models import Language, Regularisation, Stack, language_weights
from foretell.models.cells import States
from foretell.training.candidates import Candidates
from foretell.training.course import Course
from foretell.training.loop import teach
from foretell.training.precision import detect
from foretell.training.pupil import End, Progress
from foretell.training.schedule import Schedule
from foretell.training.settings import LanguageSettings
from foretell.training.streams import Passage, passages

__all__ = ["Report", "TrainedLanguage", "train"]

STEPS = 4_000  # the most where neither steps nor seconds are given
WORTH_DIVIDING = 256  # units from which a layer's matrices gain from threads of their own
FORGETTING = 0.02  # share of passages before which the state is emptied
VALIDATION_STREAMS = 32
SHORTEST_STREAM = 4  # passages: a shorter text is cut into fewer streams

Weights = dict[str, np.ndarray]
Report = Callable[[Progress, Callable[[], Weights]], None]


@dataclass(frozen=True)
class TrainedLanguage:
    """Weights and how they came about.

    Attributes
    ----------
    weights : dict of str to ndarray
        In the form that `foretell.runtime.Language` takes.
    validation_loss : float
        Nats per category.
    steps : int
        Gradient steps that led to them.
    size : int
        Numbers that were learned; what is tied counts once.
    end : End
    """

    weights: Weights
    validation_loss: float
    steps: int
    size: int
    end: End


def train(
    training_N: np.ndarray,
    validation_N: np.ndarray,
    categories: int,
    settings: LanguageSettings,
    report: Report | None = None,
) -> TrainedLanguage:
    """Train a network; see `foretell.training.loop.teach`.

    Parameters
    ----------
    training_N, validation_N : ndarray of int
        Two texts, at least two categories long.
    categories : int
    settings : LanguageSettings
    report : callable, optional
        Called every few steps, with a `foretell.training.pupil.Progress` and with a
        function that gives the weights as they are then.
    """
    course = _Reading(training_N, validation_N, categories, settings)

    def tell(progress: Progress) -> None:
        if report is not None:
            report(progress, lambda: language_weights(course.network))

    outcome = teach([course], _schedule(settings), tell)
    best = outcome.members[0]
    return TrainedLanguage(
        weights=language_weights(best.network),
        validation_loss=best.loss,
        steps=best.steps,
        size=sum(each.numel() for each in best.network.parameters()),
        end=outcome.end,
    )


def _schedule(settings: LanguageSettings) -> Schedule:
    unlimited = math.inf if settings.seconds else STEPS
    return Schedule(
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        steps=settings.steps or unlimited,
        seconds=settings.seconds or math.inf,
        check=settings.check,
        annealed=True,
        threads=torch.get_num_threads() if settings.hidden_size >= WORTH_DIVIDING else 1,
    )


class _Reading(Course[Language, Passage]):
    """Foretell every category of a text from those before it."""

    def __init__(
        self,
        training_N: np.ndarray,
        validation_N: np.ndarray,
        categories: int,
        settings: LanguageSettings,
    ) -> None:
        self._hardware = detect()
        with torch.random.fork_rng():
            torch.manual_seed(settings.seed)
            count_V = torch.from_numpy(np.bincount(training_N, minlength=categories))
            network = _network(_prior(count_V), settings).to(self._hardware.device)
        super().__init__(network, settings.seed)
        self._settings = settings
        self._training_N = training_N
        self._validation_N = validation_N
        self._rng = np.random.default_rng(settings.seed)
        self._states: list[States] | None = None
        self._candidates = None
        if settings.candidates is not None:
            self._candidates = Candidates(count_V.to(self._hardware.device), settings.candidates)

    def lessons(self) -> Iterator[Passage]:
        """Passages of the training text, cut elsewhere in every pass.

        Now and then all streams begin anew, or a network would hardly know how a text begins:
        a pass has one beginning and hundreds of passages.
        """
        chunk = self._settings.chunk
        streams = _streams(self._training_N, self._settings.batch, chunk)
        spare = len(self._training_N) - 1 - streams
        first = int(self._rng.integers(min(chunk, spare))) if spare > 0 else 0
        for passage in passages(self._training_N, streams, chunk, first):
            forget = self._rng.random() < FORGETTING
            yield replace(passage, anew=True) if forget else passage

    def loss(self, lesson: Passage) -> torch.Tensor:
        """Mean nats per category; the gradient ends where the passage begins."""
        category_BT, next_BT = self._tensor(lesson.category_BT), self._tensor(lesson.next_BT)
        before = None if lesson.anew else self._states
        with self._hardware.autocast():
            seen_BTU, after = self.network.read(category_BT, before)
            nats = self._nats_of(seen_BTU, next_BT)
        self._states = [tuple(part_BU.detach() for part_BU in layer) for layer in after]
        return nats

    def _nats_of(self, seen_BTU: torch.Tensor, next_BT: torch.Tensor) -> torch.Tensor:
        readout = self.network.readout
        if self._candidates is None:
            return _nats(readout(seen_BTU), next_BT)
        seen_NU, next_N = seen_BTU.flatten(0, 1), next_BT.flatten()
        return self._candidates.nats(seen_NU, readout.weight, readout.bias, next_N)

    def validate(self) -> float:
        """Mean nats per category of the validation text, in float32.

        The first passage of the streams only fills their state, if others follow.
        """
        chunk = self._settings.chunk
        streams = _streams(self._validation_N, VALIDATION_STREAMS, chunk)
        sums: list[tuple[float, int]] = []
        states: list[States] | None = None
        for passage in passages(self._validation_N, streams, chunk):
            logits_BTV, states = self.network(self._tensor(passage.category_BT), states)
            nats = _nats(logits_BTV, self._tensor(passage.next_BT))
            sums.append((float(nats) * passage.next_BT.size, passage.next_BT.size))
        total, count = np.sum(sums[1:] or sums, axis=0)
        return float(total / count)

    def _tensor(self, category_BT: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(category_BT).to(self._hardware.device)


def _nats(logits_BTV: torch.Tensor, next_BT: torch.Tensor) -> torch.Tensor:
    """Mean over all steps, in float32 whatever the autocast."""
    return cross_entropy(logits_BTV.float().flatten(0, 1), next_BT.flatten())


def _streams(category_N: np.ndarray, most: int, chunk: int) -> int:
    return max(1, min(most, (len(category_N) - 1) // (SHORTEST_STREAM * chunk)))


def _prior(count_V: torch.Tensor) -> torch.Tensor:
    """Logarithm of how often each category comes, as if each had come once more.

    Where the layers have nothing to say, be it before the first category or after something they
    have never seen, the odds are then the usual ones.
    """
    odds_V = count_V + 1.0
    return (odds_V / odds_V.sum()).log()


def _network(prior_V: torch.Tensor, settings: LanguageSettings) -> Language:
    regularisation = Regularisation(
        output=settings.dropout,
        between=settings.dropout,
        embedding=settings.embedding_dropout,
        locked=settings.locked,
        words=settings.word_dropout,
        recurrent=settings.weight_drop,
    )
    stack = Stack(
        settings.cell,
        settings.embedding_size,
        settings.hidden_size,
        settings.layers,
        regularisation.between,
        locked=regularisation.locked,
        weight_drop=regularisation.recurrent,
    )
    return Language(prior_V, stack, regularisation, tied=settings.tied)
