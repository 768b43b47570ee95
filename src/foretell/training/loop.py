"""The training loop, all of it: passes over chunks, early stopping, an ensemble over seeds."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from threading import Event

import numpy as np
import torch

from foretell.models import Network, Stack, network_weights
from foretell.training.dataset import Batch, Dataset, batches
from foretell.training.losses import PinballLoss
from foretell.training.optimiser import AdamW
from foretell.training.precision import Hardware, detect
from foretell.training.settings import Settings

__all__ = ["End", "Progress", "Report", "Trained", "train"]

CLIP_NORM = 1.0
VALIDATION_BATCH = 64
HEARING = 0.1  # seconds until Ctrl-C is heard at the latest
FEWEST_PASSES, SHORTEST_PATIENCE = 10, 3


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
    """Train an ensemble, its members side by side on the processor's cores.

    Ctrl-C or a loss that is not finite ends training early; what was best until then is
    returned and `Trained.end` says so.

    Parameters
    ----------
    dataset : Dataset
    settings : Settings
    report : callable, optional
        Called with a `Progress` after every pass, from the thread that made it.
    """
    threads = torch.get_num_threads()
    try:
        with torch.random.fork_rng():  # the caller's own draws are left alone
            return _collect(_train_members(dataset, settings, report))
    finally:
        torch.set_num_threads(threads)


def _results(futures: list[Future[_Best]]) -> list[_Best]:
    """Wait for all, waking now and then: a thread that sleeps for good may not hear Ctrl-C."""
    pending = set(futures)
    while pending:
        pending = wait(pending, timeout=HEARING).not_done
    return [future.result() for future in futures]


def _train_members(dataset: Dataset, settings: Settings, report: Report | None) -> list[_Best]:
    hardware = detect()
    workers = _workers(settings, hardware)
    runs = [
        _Run(dataset, settings, member, hardware, report) for member in range(settings.ensemble)
    ]
    begin = Event()  # set where Ctrl-C is waited for: one before that would lose what is learned
    with ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        futures: list[Future[_Best]] = []
        try:
            futures.extend(pool.submit(run.train, begin) for run in runs)
            begin.set()
            return _results(futures)
        except KeyboardInterrupt:
            for run in runs:
                run.stop.set()
            begin.set()
            if len(futures) < len(runs):
                raise
            members = _results(futures)
            members[-1].end = End.INTERRUPTED  # also where all had just finished
            return members


def _workers(settings: Settings, hardware: Hardware) -> int:
    """One thread a member; one in all where members would share PyTorch's dropout generator.

    A member has a single thread: its matrices are small, and threads that wait for each other
    take ten times as long once another program wants a core.
    """
    if hardware.device.type != "cpu" or settings.dropout:
        return 1
    return min(settings.ensemble, os.cpu_count() or 1)


def _collect(members: list[_Best]) -> Trained:
    ends = {best.end for best in members}
    end = next((each for each in (End.DIVERGED, End.INTERRUPTED) if each in ends), End.FINISHED)
    if end is not End.FINISHED:  # leave out those that had not begun to learn
        members = [best for best in members if best.passes] or members[:1]
    return Trained(
        weights=network_weights([best.network for best in members]),
        prior_loss=float(np.mean([best.prior_loss for best in members])),
        validation_loss=float(np.mean([best.loss for best in members])),
        passes=[best.passes for best in members],
        end=end,
    )


class _Run:
    """The training of one member."""

    def __init__(
        self,
        dataset: Dataset,
        settings: Settings,
        member: int,
        hardware: Hardware,
        report: Report | None,
    ) -> None:
        self.stop = Event()
        self._settings = settings
        self._member = member
        self._hardware = hardware
        self._report = report
        histories = [each.earlier(member % dataset.blocks) for each in dataset.histories]
        self._training = tuple(history.training() for history in histories)
        self._validation = tuple(history.validation() for history in histories)
        rows = [len(each.x_TF) - (each.stop - each.split) for each in histories]  # to train on
        chunks = sum(math.ceil(count / settings.chunk) for count in rows)
        steps = max(1, math.ceil(chunks / settings.batch))  # in a pass
        self._most = max(FEWEST_PASSES, math.ceil(settings.steps / steps))
        self._patience = max(SHORTEST_PATIENCE, math.ceil(settings.patience / steps))
        self._seed = settings.seed * 1_000 + member
        torch.manual_seed(self._seed)
        self._network = _network(dataset, settings).to(hardware.device)
        self._loss = _loss(dataset, hardware)
        self._optimiser = AdamW(
            self._network.parameters(), settings.learning_rate, settings.weight_decay, CLIP_NORM
        )

    def train(self, begin: Event) -> _Best:
        """Pass over the data until validation no longer improves."""
        begin.wait()
        rng = np.random.default_rng([self._settings.seed, self._member])
        if self._settings.dropout:  # drawn from PyTorch's one generator; then there is one worker
            torch.manual_seed(self._seed)
        start = self._validate()
        best = _Best(deepcopy(self._network), start, start)
        for done in range(1, self._most + 1):
            if not self._pass(rng, self._share(done)):
                best.end = End.INTERRUPTED
                break
            value = self._validate()
            if not math.isfinite(value):
                best.end = End.DIVERGED
                break
            if value < best.loss:
                best.network, best.loss, best.passes = deepcopy(self._network), value, done
            patience_over = done - best.passes >= self._patience
            self._tell(self._most if patience_over else done, value, best.loss)
            if patience_over:
                break
        return best

    def _share(self, done: int) -> float:
        """Of the learning rate, in a pass counted from 1."""
        if self._settings.schedule == "constant":
            return 1.0
        return 0.5 + 0.5 * math.cos(math.pi * (done - 1) / self._most)

    def _pass(self, rng: np.random.Generator, share: float) -> bool:
        """One gradient step a batch; False when told to stop."""
        settings = self._settings
        self._network.train()
        for batch in batches(self._training, settings.chunk, settings.warm_up, settings.batch, rng):
            if self.stop.is_set():
                return False
            x_BLF, z_BCH = self._tensors(batch)
            with self._hardware.autocast():
                q_BCHK = self._network(x_BLF, settings.warm_up)
            self._optimiser.clear()
            torch.autograd.backward(self._loss(q_BCHK, z_BCH))
            self._optimiser.step(share)
        return True

    @torch.no_grad()
    def _validate(self) -> float:
        """Mean loss over the validation rows, in float32."""
        chunk = self._settings.chunk
        self._network.eval()
        total, weight = 0.0, 0.0
        for batch in batches(self._validation, chunk, chunk, VALIDATION_BATCH):
            x_BLF, z_BCH = self._tensors(batch)
            sums = self._loss.sums(self._network(x_BLF, chunk), z_BCH)
            total += float(sums[0])
            weight += float(sums[1])
        return total / weight if weight else math.inf

    def _tensors(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        device = self._hardware.device
        return torch.from_numpy(batch.x_BLF).to(device), torch.from_numpy(batch.z_BCH).to(device)

    def _tell(self, done: int, loss: float, best: float) -> None:
        if self._report is not None:
            settings = self._settings
            self._report(Progress(self._member, settings.ensemble, done, self._most, loss, best))


def _network(dataset: Dataset, settings: Settings) -> Network:
    prior_HK = torch.tensor(dataset.prior_HK, dtype=torch.float32)
    inputs = dataset.histories[0].x_TF.shape[1]
    stack = Stack(settings.cell, inputs, settings.hidden_size, settings.layers, settings.dropout)
    return Network(stack, prior_HK, settings.dropout, dataset.caution)


def _loss(dataset: Dataset, hardware: Hardware) -> PinballLoss:
    def tensor(values: np.ndarray) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.float32, device=hardware.device)

    return PinballLoss(tensor(dataset.levels_K), tensor(dataset.weight_H))
