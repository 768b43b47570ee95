"""Training: repeatable, stopped early, interrupted and diverged."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from foretell import runtime
from foretell.training import Dataset, History, Settings
from foretell.training.pupil import End, Progress
from foretell.training.quantiles import Trained, train

LEVELS = np.array([0.1, 0.5, 0.9])
PRIOR = np.array([[-1.3, 0.0, 1.3], [-1.3, 0.0, 1.3]])
QUICK = Settings(
    hidden_size=6, ensemble=2, learning_rate=2e-2, chunk=16, warm_up=4, batch=4, steps=1, patience=1
)
ENDLESS = replace(QUICK, steps=10**9, patience=10**9)


def dataset(seed: int = 0) -> Dataset:
    """Two series whose target follows the first input."""
    rng = np.random.default_rng(seed)
    histories = []
    for length in (120, 90):
        x_TF = rng.standard_normal((length, 3)).astype(np.float32)
        noise_TH = rng.standard_normal((length, 2))
        z_TH = (0.9 * x_TF[:, :1] + 0.4 * noise_TH).astype(np.float32)
        z_TH[-1:] = np.nan
        histories.append(History(x_TF, z_TH, length - 25, length))
    return Dataset(tuple(histories), PRIOR, LEVELS, np.ones(2))


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(dataset(), QUICK)


def same(one: Trained, other: Trained) -> bool:
    return all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)


def recorded(settings: Settings) -> tuple[Trained, list[Progress]]:
    found: list[Progress] = []
    return train(dataset(), settings, found.append), found


def test_training_learns_what_there_is_to_learn(trained: Trained) -> None:
    assert trained.end is End.FINISHED
    assert min(trained.passes) >= 1
    assert trained.validation_loss < 0.9 * trained.prior_loss


def test_same_seed_gives_the_same_weights_bit_for_bit(trained: Trained) -> None:
    again = train(dataset(), QUICK)
    assert same(trained, again)
    assert (again.passes, again.validation_loss) == (trained.passes, trained.validation_loss)


def test_another_seed_gives_other_weights(trained: Trained) -> None:
    assert not same(trained, train(dataset(), replace(QUICK, seed=1)))


def test_no_member_begins_before_ctrl_c_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learned before that would be lost."""
    submit, early = ThreadPoolExecutor.submit, []

    def slowly(pool: ThreadPoolExecutor, *work: Any) -> Any:
        future = submit(pool, *work)
        time.sleep(0.1)
        early.extend(found)
        return future

    found: list[Progress] = []
    monkeypatch.setattr(ThreadPoolExecutor, "submit", slowly)
    train(dataset(), QUICK, found.append)
    assert found
    assert not early


def test_ctrl_c_while_members_start_ends_training(monkeypatch: pytest.MonkeyPatch) -> None:
    submit = ThreadPoolExecutor.submit

    def pressed(pool: ThreadPoolExecutor, *work: Any) -> Any:
        submit(pool, *work)
        raise KeyboardInterrupt

    monkeypatch.setattr(ThreadPoolExecutor, "submit", pressed)
    with pytest.raises(KeyboardInterrupt):
        train(dataset(), ENDLESS)


def test_members_differ(trained: Trained) -> None:
    first, second = trained.weights["head.weight"]
    assert not np.array_equal(first, second)


def test_weights_fit_the_runtime(trained: Trained) -> None:
    x_TF = dataset().histories[0].x_TF
    forecasts, _ = runtime.Network(trained.weights).run([x_TF])
    assert forecasts[0].shape == (120, 2, 3)
    medians = forecasts[0][:, 0, 1]
    assert np.corrcoef(medians, x_TF[:, 0])[0, 1] > 0.8


def test_draws_of_the_caller_are_left_alone() -> None:
    before = torch.get_rng_state().clone()
    train(dataset(), QUICK)
    assert torch.equal(torch.get_rng_state(), before)


def test_draws_of_the_caller_are_left_alone_with_dropout() -> None:
    before = torch.get_rng_state().clone()
    train(dataset(), replace(QUICK, dropout=0.3))
    assert torch.equal(torch.get_rng_state(), before)


def test_same_seed_gives_the_same_weights_with_dropout_whatever_was_drawn_before() -> None:
    runs = []
    with torch.random.fork_rng():
        for seed in (1, 2):
            torch.manual_seed(seed)
            runs.append(train(dataset(), replace(QUICK, dropout=0.3)))
    assert min(runs[0].passes) >= 1
    assert same(*runs)


def test_threads_of_the_caller_are_left_alone() -> None:
    before = torch.get_num_threads()
    train(dataset(), QUICK)
    assert torch.get_num_threads() == before


def test_best_weights_are_kept_not_the_last() -> None:
    result, found = recorded(replace(QUICK, learning_rate=0.2))
    losses = [[each.loss for each in found if each.member == member] for member in range(2)]
    assert result.validation_loss == pytest.approx(np.mean([min(each) for each in losses]))
    assert result.passes == [int(np.argmin(each)) + 1 for each in losses]


def test_report_tells_every_pass_of_every_member() -> None:
    _, found = recorded(QUICK)
    for member in range(2):
        own = [each for each in found if each.member == member]
        assert [each.done for each in own[:-1]] == list(range(1, len(own)))
        assert own[-1].share == 1.0
        assert [each.best for each in own[1:]] == [
            min(one.best, other.loss) for one, other in pairwise(own)
        ]
        assert {each.members for each in own} == {2}


def test_training_that_no_longer_improves_stops_before_its_last_pass() -> None:
    result, found = recorded(replace(QUICK, steps=10**6, patience=1, ensemble=1))
    assert result.end is End.FINISHED
    assert len(found) < 200
    assert found[0].share < 1 / 200
    assert len(found) > result.passes[0]


def test_network_that_never_improves_stays_the_prior() -> None:
    result = train(dataset(), replace(QUICK, learning_rate=0.0))
    assert result.passes == [0, 0]
    assert result.validation_loss == result.prior_loss
    assert not result.weights["head.weight"].any()


@pytest.mark.parametrize("rate", [1e30, 1e6])
def test_diverged_training_says_so_and_keeps_finite_weights(rate: float) -> None:
    result = train(dataset(), replace(QUICK, learning_rate=rate))
    assert result.end is End.DIVERGED
    assert all(np.isfinite(tensor).all() for tensor in result.weights.values())
    assert result.validation_loss <= result.prior_loss
    forecasts, _ = runtime.Network(result.weights).run([dataset().histories[0].x_TF])
    assert np.isfinite(forecasts[0]).all()


class PressCtrlC:
    """Interrupts the main thread once, as Ctrl-C does, after some passes of the first member."""

    def __init__(self, after: int) -> None:
        self._after = after
        self._pressed = False

    def __call__(self, progress: Progress) -> None:
        assert progress.done < 300, "training goes on after Ctrl-C"
        if progress.member == 0 and progress.done >= self._after and not self._pressed:
            self._pressed = True
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)


@pytest.mark.parametrize("ensemble", [1, 2])
def test_interrupted_training_keeps_the_best_so_far(ensemble: int) -> None:
    result = train(dataset(), replace(ENDLESS, ensemble=ensemble), PressCtrlC(after=5))
    assert result.end is End.INTERRUPTED
    assert result.passes[0] >= 1
    assert result.validation_loss < result.prior_loss
    assert 1 <= len(result.weights["head.weight"]) <= ensemble


def test_members_that_had_not_begun_to_learn_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # one member after the other
    result = train(dataset(), ENDLESS, PressCtrlC(after=5))
    assert result.end is End.INTERRUPTED
    assert len(result.passes) == len(result.weights["head.weight"]) == 1


def test_error_in_the_report_comes_through() -> None:
    def report(_: Progress) -> None:
        message = "the disk is full"
        raise OSError(message)

    with pytest.raises(OSError, match="the disk is full"):
        train(dataset(), QUICK, report)


@pytest.mark.parametrize("layers", [1, 2])
def test_sizes_follow_the_settings(layers: int) -> None:
    weights = train(dataset(), replace(QUICK, layers=layers, hidden_size=5, ensemble=1)).weights
    assert weights["lstm.0.weight"].shape == (1, 3 + 5, 20)
    assert sum(name.endswith("bias") for name in weights) == layers


def test_members_validate_on_parts_of_their_own() -> None:
    """A member whose part is an earlier one is not moved by what the last part holds."""
    data = replace(dataset(), blocks=2)
    changed = []
    for history in data.histories:
        z_TH = history.z_TH.copy()
        z_TH[history.split - 25 : history.split] *= -1.0  # what the second member validates on
        changed.append(replace(history, z_TH=z_TH))
    whole, moved = train(data, QUICK), train(replace(data, histories=tuple(changed)), QUICK)
    assert whole.passes[1] > moved.passes[1] == 0


def test_later_targets_do_not_train() -> None:
    """Targets of the validation part only choose the pass; the passes themselves are the same."""
    data = dataset()
    moved = []
    for history in data.histories:
        z_TH = history.z_TH.copy()
        z_TH[history.split - 1 :] += 1.0
        moved.append(replace(history, z_TH=z_TH))
    settings = replace(QUICK, ensemble=1, learning_rate=1e-3)
    one, other = train(data, settings), train(replace(data, histories=tuple(moved)), settings)
    assert one.passes == other.passes
    assert same(one, other)


def test_caution_of_the_data_holds_the_median_back() -> None:
    weights = train(replace(dataset(), caution=0.0), QUICK).weights["head.weight"]
    of_median = weights.reshape(*weights.shape[:2], *PRIOR.shape)[..., -1]
    assert not of_median.any()
    assert weights.any()
