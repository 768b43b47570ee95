"""Language under training: it learns what can be known from before, and nothing else."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest
import torch

from foretell import runtime
from foretell.training import LanguageSettings, language
from foretell.training.language import TrainedLanguage, train
from foretell.training.pupil import End
from foretell.training.streams import Passage, passages

SETTINGS = LanguageSettings(
    hidden_size=16, embedding_size=4, dropout=0.0, chunk=8, batch=8, steps=240, check=80,
    learning_rate=2e-2,
)  # fmt: skip
CATEGORIES = 4


def noise(length: int, seed: int) -> np.ndarray:
    """A text of which nothing can be known."""
    return np.random.default_rng(seed).integers(CATEGORIES, size=length)


def echo(length: int, seed: int) -> np.ndarray:
    """A text in which every second category repeats the one before it."""
    return np.repeat(noise(length // 2, seed), 2)


def trained(make: Any = noise, settings: LanguageSettings = SETTINGS) -> TrainedLanguage:
    return train(make(6_000, 1), make(2_000, 2), CATEGORIES, settings)


def same(one: TrainedLanguage, other: TrainedLanguage) -> bool:
    return all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)


def test_nothing_is_learned_where_nothing_can_be_known() -> None:
    assert trained().validation_loss > 0.99 * log(CATEGORIES)


def test_that_would_notice_a_leak_of_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault that the test above is for, planted: what is read is what is to be foretold."""

    def leaking(*arguments: Any) -> Iterator[Passage]:
        for passage in passages(*arguments):
            yield replace(passage, category_BT=passage.next_BT)

    monkeypatch.setattr(language, "passages", leaking)
    assert trained().validation_loss < 0.1


def test_what_can_be_known_is_learned() -> None:
    """Of two categories one is free and one is certain."""
    loss = trained(echo).validation_loss
    assert log(CATEGORIES) / 2 < loss < 1.15 * log(CATEGORIES) / 2


def test_runtime_scores_what_training_said() -> None:
    found = trained(echo)
    nats_N = runtime.Language(found.weights).surprisals(echo(2_000, 2))
    assert nats_N.mean() == pytest.approx(found.validation_loss, rel=0.02)


def test_state_is_carried_from_passage_to_passage() -> None:
    """The course's losses are those of one pass over its streams with no cuts."""
    text_N = noise(400, 3)
    course = language._Reading(text_N, text_N, CATEGORIES, SETTINGS)
    course._hardware = replace(course._hardware, bfloat16=False)
    whole, *_ = passages(text_N, 8, 400)
    logits_BTV, _ = course.network(torch.from_numpy(whole.category_BT))
    expected = language._nats(logits_BTV, torch.from_numpy(whole.next_BT)).item()
    cut = list(passages(text_N, 8, 7))
    losses = [course.loss(each).item() * each.next_BT.size for each in cut]
    assert sum(losses) / whole.next_BT.size == pytest.approx(expected, rel=1e-5)
    course._states = None
    anew = [course.loss(replace(each, anew=True)).item() * each.next_BT.size for each in cut]
    assert sum(anew) / whole.next_BT.size != pytest.approx(expected, rel=1e-5)


def test_gradient_is_that_of_the_cross_entropy() -> None:
    """Of the readout's bias it is the mean of the odds less what came, and ends at the cut."""
    text_N = noise(200, 3)
    course = language._Reading(text_N, text_N, CATEGORIES, SETTINGS)
    course._hardware = replace(course._hardware, bfloat16=False)
    first, second, *_ = passages(text_N, 8, 8)
    course.loss(first)
    torch.autograd.backward(course.loss(second))  # would fail if it went on into the first
    network = course.network
    _, states = network(torch.from_numpy(first.category_BT))
    logits_BTV, _ = network(torch.from_numpy(second.category_BT), states)
    came_BTV = torch.nn.functional.one_hot(torch.from_numpy(second.next_BT), CATEGORIES)
    expected_V = (logits_BTV.softmax(-1) - came_BTV).mean(dim=(0, 1))
    assert torch.allclose(network.readout.bias.grad, expected_V.detach(), atol=1e-6)


def test_untrained_network_says_how_often_each_category_comes() -> None:
    text_N = np.array([0] * 700 + [1] * 200 + [2] * 99)
    course = language._Reading(text_N, text_N, CATEGORIES, SETTINGS)
    odds_V = course.network.readout.bias.softmax(0).detach().numpy()
    assert odds_V == pytest.approx(np.array([701, 201, 100, 1]) / 1003)


def test_now_and_then_the_streams_begin_anew() -> None:
    course = language._Reading(noise(100_000, 1), noise(99, 2), CATEGORIES, SETTINGS)
    anew = [passage.anew for passage in course.lessons()]
    assert anew[0]
    assert 0.005 < np.mean(anew) < 0.04


def test_same_seed_gives_the_same_weights_bit_for_bit() -> None:
    noisy = replace(SETTINGS, dropout=0.2, steps=20)
    assert same(trained(settings=noisy), trained(settings=noisy))
    assert not same(trained(settings=noisy), trained(settings=replace(noisy, seed=1)))


def test_validation_text_does_not_train() -> None:
    one, other = (train(noise(600, 1), noise(300, seed), CATEGORIES, SETTINGS) for seed in (2, 3))
    assert one.validation_loss != other.validation_loss
    if one.steps == other.steps:
        assert same(one, other)


@pytest.mark.parametrize("length", [2, 3, 9, 40])
def test_short_texts_are_read_in_fewer_streams(length: int) -> None:
    found = train(noise(length, 1), noise(length, 2), CATEGORIES, replace(SETTINGS, steps=10))
    assert np.isfinite(found.validation_loss)


def test_time_limit_is_kept() -> None:
    began = time.perf_counter()
    found = trained(settings=replace(SETTINGS, steps=None, seconds=0.5))
    assert time.perf_counter() - began < 5.0
    assert found.end is End.FINISHED
    assert found.steps > 0


def test_default_number_of_steps_without_any_limit() -> None:
    assert language._schedule(LanguageSettings()).steps == 4_000
    assert language._schedule(LanguageSettings(seconds=1.0)).steps == float("inf")
    assert language._schedule(LanguageSettings(steps=7, seconds=1.0)).steps == 7


def test_report_gives_the_weights_as_they_are() -> None:
    found: list[np.ndarray] = []
    result = train(
        echo(6_000, 1), echo(2_000, 2), CATEGORIES, SETTINGS,
        lambda _, weights: found.append(weights()["embedding"].copy()),
    )  # fmt: skip
    assert len(found) == 240 // 20 + 3
    assert not np.array_equal(found[0], found[-1])
    assert np.array_equal(found[-1], result.weights["embedding"])  # the last was the best


def test_ctrl_c_keeps_the_best_so_far() -> None:
    pressed: list[float] = []

    def press(progress: Any, _: Any) -> None:
        assert progress.done < 300, "training goes on after Ctrl-C"
        if progress.done == 2 and progress.within and not pressed:
            pressed.append(progress.best)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    endless = replace(SETTINGS, steps=10**9, check=40)
    found = train(echo(6_000, 1), echo(2_000, 2), CATEGORIES, endless, press)
    assert found.end is End.INTERRUPTED
    assert found.validation_loss <= pressed[0]
    assert found.steps > 80  # what was learned since the last validation counts
