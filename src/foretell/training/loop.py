"""The training loop, all of it: passes over chunks, early stopping, an ensemble over seeds."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from math import inf, isfinite

import numpy as np
import torch

from foretell.models import Network, stack
from foretell.training.dataset import Batch, Dataset, batches
from foretell.training.losses import PinballLoss
from foretell.training.precision import Hardware, detect
from foretell.training.settings import Settings

__all__ = ["End", "Progress", "Report", "Trained", "train"]

CLIP_NORM = 1.0
VALIDATION_BATCH = 64


class End(Enum):
    """Why training ended."""

    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    DIVERGED = "diverged"


@dataclass(frozen=True)
class Progress:
    """How far training is: sent after every pass.

    Attributes
    ----------
    member, members : int
        Network under training, counted from 0, and how many there are.
    done, passes : int
        Passes done of the most there can be; equal when the member is finished.
    loss, best : float
        Validation loss after this pass, and the lowest so far.
    """

    member: int
    members: int
    done: int
    passes: int
    loss: float
    best: float


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


Report = Callable[[Progress], None]


@dataclass
class _Best:
    """The best network so far of one member."""

    network: Network
    loss: float
    prior_loss: float
    passes: int = 0
    end: End = End.FINISHED


def train(dataset: Dataset, settings: Settings, report: Report | None = None) -> Trained:
    """Train an ensemble.

    Ctrl-C or a loss that is not finite ends training early; what was best until then is
    returned and `Trained.end` says so.

    Parameters
    ----------
    dataset : Dataset
    settings : Settings
    report : callable, optional
        Called with a `Progress` after every pass.
    """
    hardware = detect()
    members: list[_Best] = []
    with torch.random.fork_rng():  # the caller's own draws are left alone
        for member in range(settings.ensemble):
            members.append(_train_member(dataset, settings, member, hardware, report))
            if members[-1].end is not End.FINISHED:
                break
    end = members[-1].end
    if len(members) > 1 and end is not End.FINISHED and members[-1].passes == 0:
        members.pop()  # it had not begun to learn
    return Trained(
        weights=stack([best.network for best in members]),
        prior_loss=float(np.mean([best.prior_loss for best in members])),
        validation_loss=float(np.mean([best.loss for best in members])),
        passes=[best.passes for best in members],
        end=end,
    )


def _train_member(
    dataset: Dataset, settings: Settings, member: int, hardware: Hardware, report: Report | None
) -> _Best:
    torch.manual_seed(settings.seed * 1_000 + member)
    rng = np.random.default_rng([settings.seed, member])
    network = _network(dataset, settings).to(hardware.device)
    loss = _loss(dataset, hardware)
    optimiser = _optimiser(network, settings)
    start = _validate(network, dataset, settings, loss, hardware)
    best = _Best(deepcopy(network), start, start)
    training = tuple(history.training() for history in dataset.histories)
    try:
        for done in range(1, settings.passes + 1):
            network.train()
            for batch in batches(
                training, settings.chunk, settings.warm_up, settings.batch, rng
            ):
                _gradient_step(network, optimiser, loss, batch, hardware)
            value = _validate(network, dataset, settings, loss, hardware)
            if not isfinite(value):
                best.end = End.DIVERGED
                break
            if value < best.loss:
                best.network, best.loss, best.passes = deepcopy(network), value, done
            stop = done - best.passes >= settings.patience
            if report is not None:
                shown = settings.passes if stop else done
                progress = Progress(
                    member, settings.ensemble, shown, settings.passes, value, best.loss
                )
                report(progress)
            if stop:
                break
    except KeyboardInterrupt:
        best.end = End.INTERRUPTED
    return best


def _network(dataset: Dataset, settings: Settings) -> Network:
    prior_HK = torch.tensor(dataset.prior_HK, dtype=torch.float32)
    inputs = dataset.histories[0].x_TF.shape[1]
    return Network(inputs, settings.hidden_size, settings.layers, prior_HK, settings.dropout)


def _loss(dataset: Dataset, hardware: Hardware) -> PinballLoss:
    def tensor(values: np.ndarray) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.float32, device=hardware.device)

    return PinballLoss(tensor(dataset.levels_K), tensor(dataset.weight_H))


def _optimiser(network: Network, settings: Settings) -> torch.optim.Optimizer:
    """AdamW that decays matrices, not biases."""
    parameters = list(network.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate)


def _gradient_step(
    network: Network,
    optimiser: torch.optim.Optimizer,
    loss: PinballLoss,
    batch: Batch,
    hardware: Hardware,
) -> None:
    x_BLF = torch.from_numpy(batch.x_BLF).to(hardware.device)
    z_BLH = torch.from_numpy(batch.z_BLH).to(hardware.device)
    with hardware.autocast():
        q_BLHK = network(x_BLF)
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss(q_BLHK, z_BLH))
    torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP_NORM)
    optimiser.step()


@torch.no_grad()
def _validate(
    network: Network, dataset: Dataset, settings: Settings, loss: PinballLoss, hardware: Hardware
) -> float:
    """Mean loss over the validation rows, in float32."""
    network.eval()
    held_out = tuple(history.validation() for history in dataset.histories)
    total, weight = 0.0, 0.0
    for batch in batches(held_out, settings.chunk, settings.chunk, VALIDATION_BATCH):
        q_BLHK = network(torch.from_numpy(batch.x_BLF).to(hardware.device))
        sums = loss.sums(q_BLHK, torch.from_numpy(batch.z_BLH).to(hardware.device))
        total += float(sums[0])
        weight += float(sums[1])
    return total / weight if weight else inf
