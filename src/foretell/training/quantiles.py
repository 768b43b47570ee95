"""Forecasts of numbers, as the training loop takes them: an ensemble on chunks of histories."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from foretell.models import Network, Stack, network_weights
from foretell.training.course import Course
from foretell.training.dataset import Batch, Dataset, batches
from foretell.training.loop import teach
from foretell.training.losses import PinballLoss
from foretell.training.precision import Hardware, detect
from foretell.training.pupil import End, Report
from foretell.training.schedule import Schedule
from foretell.training.settings import Settings

__all__ = ["Trained", "train"]

VALIDATION_BATCH = 64
FEWEST_PASSES, SHORTEST_PATIENCE = 10, 3


@dataclass(frozen=True)
class Trained:
    """Weights and how they came about.

    Attributes
    ----------
    weights : dict of str to ndarray
        In the form that `foretell.runtime.Network` takes.
    prior_loss, validation_loss : float
        Validation loss of the untrained network, which is the anchor's, and of the best one;
        means over the members.
    passes : list of int
        Passes after which each member was best.
    end : End
    """

    weights: dict[str, np.ndarray]
    prior_loss: float
    validation_loss: float
    passes: list[int]
    end: End


def train(dataset: Dataset, settings: Settings, report: Report | None = None) -> Trained:
    """Train an ensemble; see `foretell.training.loop.teach`.

    A member has a single thread: its matrices are small, and threads that wait for each other
    take ten times as long once another program wants a core.

    Parameters
    ----------
    dataset : Dataset
    settings : Settings
    report : callable, optional
        Called with a `foretell.training.pupil.Progress` after every pass.
    """
    hardware = detect()
    courses = [
        _Quantiles(dataset, settings, member, hardware) for member in range(settings.ensemble)
    ]
    outcome = teach(courses, _schedule(dataset, settings), report)
    return Trained(
        weights=network_weights([best.network for best in outcome.members]),
        prior_loss=float(np.mean([best.prior_loss for best in outcome.members])),
        validation_loss=float(np.mean([best.loss for best in outcome.members])),
        passes=[best.rounds for best in outcome.members],
        end=outcome.end,
    )


def _schedule(dataset: Dataset, settings: Settings) -> Schedule:
    """Steps and patience in whole passes; an annealed rate changes within them too."""
    rows = [len(each.x_TF) - (each.stop - each.split) for each in dataset.histories]  # to train on
    chunks = sum(math.ceil(count / settings.chunk) for count in rows)
    steps = max(1, math.ceil(chunks / settings.batch))  # in a pass
    rounds = max(FEWEST_PASSES, math.ceil(settings.steps / steps))
    annealed = settings.schedule == "cosine"
    return Schedule(
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        rounds=rounds,
        steps=rounds * steps if annealed else math.inf,
        patience=max(SHORTEST_PATIENCE, math.ceil(settings.patience / steps)),
        annealed=annealed,
    )


class _Quantiles(Course[Network, Batch]):
    """What one member learns: quantiles of all horizons, from chunks that begin with no state."""

    def __init__(
        self, dataset: Dataset, settings: Settings, member: int, hardware: Hardware
    ) -> None:
        seed = settings.seed * 1_000 + member
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = _network(dataset, settings).to(hardware.device)
        super().__init__(network, seed if settings.dropout else None)
        self._settings = settings
        self._hardware = hardware
        self._rng = np.random.default_rng([settings.seed, member])
        histories = [each.earlier(member % dataset.blocks) for each in dataset.histories]
        self._training = tuple(history.training() for history in histories)
        self._validation = tuple(history.validation() for history in histories)
        self._loss = _loss(dataset, hardware)

    def lessons(self) -> Iterator[Batch]:
        """Batches of chunks, cut elsewhere in every pass."""
        settings = self._settings
        return batches(self._training, settings.chunk, settings.warm_up, settings.batch, self._rng)

    def loss(self, lesson: Batch) -> torch.Tensor:
        """Pinball loss of the steps after the warm-up."""
        x_BLF, z_BCH = self._tensors(lesson)
        with self._hardware.autocast():
            q_BCHK = self.network(x_BLF, self._settings.warm_up)
        return self._loss(q_BCHK, z_BCH)

    def validate(self) -> float:
        """Mean loss over the validation rows, in float32."""
        chunk = self._settings.chunk
        total, weight = 0.0, 0.0
        for batch in batches(self._validation, chunk, chunk, VALIDATION_BATCH):
            x_BLF, z_BCH = self._tensors(batch)
            sums = self._loss.sums(self.network(x_BLF, chunk), z_BCH)
            total += float(sums[0])
            weight += float(sums[1])
        return total / weight if weight else math.inf

    def _tensors(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        device = self._hardware.device
        return torch.from_numpy(batch.x_BLF).to(device), torch.from_numpy(batch.z_BCH).to(device)


def _network(dataset: Dataset, settings: Settings) -> Network:
    prior_HK = torch.tensor(dataset.prior_HK, dtype=torch.float32)
    inputs = dataset.histories[0].x_TF.shape[1]
    layers = Stack(settings.cell, inputs, settings.hidden_size, settings.layers, settings.dropout)
    return Network(layers, prior_HK, settings.dropout, dataset.caution)


def _loss(dataset: Dataset, hardware: Hardware) -> PinballLoss:
    def tensor(values: np.ndarray) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.float32, device=hardware.device)

    return PinballLoss(tensor(dataset.levels_K), tensor(dataset.weight_H))
