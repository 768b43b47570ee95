"""``foretell text``: train, generate, score, and what they refuse."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from foretell import TextModel
from foretell.cli.text.app import app
from foretell.training.pupil import Pupil

Run = Callable[..., Any]
TINY = ["--hidden-size", "8", "--embedding-size", "4", "--steps", "20"]


def sentences(seed: int) -> str:
    draw = random.Random(seed)
    return "".join(f"{draw.choice(['the cat', 'a dog'])} eats.\n" for _ in range(200))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text(sentences(1), encoding="utf-8")
    return path


@pytest.fixture
def model(corpus: Path) -> Path:
    path = corpus.with_name("m.st")
    TextModel(hidden_size=8, embedding_size=4, steps=20).fit(corpus).save(path)
    return path


def test_train_saves_a_model_and_tells_what_came_of_it(foretell: Run, corpus: Path) -> None:
    ran = foretell("text", "train", corpus, "--save", "m.st", *TINY)
    assert ran.code == 0, ran.err
    assert "after 20 steps" in ran.out
    assert "training on" in ran.err
    assert "model saved in m.st" in ran.err
    assert TextModel.load(corpus.with_name("m.st")).get_params()["hidden_size"] == 8


def test_train_writes_a_sample_now_and_then(foretell: Run, corpus: Path) -> None:
    ran = foretell("text", "train", corpus, "--save", "m.st", *TINY)
    samples = [line for line in ran.err.splitlines() if line[:1].isdigit()]
    assert len(samples) == 1
    assert len(samples[0]) > 30


def test_train_as_json(foretell: Run, corpus: Path) -> None:
    ran = foretell("text", "train", corpus, "--save", "m.st", "--json", *TINY)
    about = json.loads(ran.out)
    assert about["training"]["steps"] == 20
    assert about["data"]["characters"] == len(sentences(1))


def test_train_on_the_sample(foretell: Run) -> None:
    ran = foretell("text", "train", "--sample", "--save", "m.st", *TINY)
    assert ran.code == 0, ran.err
    assert "training on the sample" in ran.err


def test_generate_goes_on_from_the_prompt(foretell: Run, model: Path) -> None:
    ran = foretell("text", "generate", model, "--prompt", "the cat", "--count", 30, "--seed", 3)
    expected = TextModel.load(model).generate("the cat", 30, seed=3)
    assert (ran.code, ran.out) == (0, f"the cat{expected}\n")


def test_generate_as_json(foretell: Run, model: Path) -> None:
    ran = foretell(
        "text", "generate", model, "--count", 9, "--seed", 3, "--top-k", 2, "--top-p", 0.9,
        "--temperature", 0.7, "--json",
    )  # fmt: skip
    answer = json.loads(ran.out)
    drawing = {"temperature": 0.7, "top_k": 2, "top_p": 0.9, "seed": 3}
    expected = TextModel.load(model).generate("", 9, **drawing)
    assert answer == {"prompt": "", "text": expected} | drawing


def test_score_tells_bits_and_perplexity(foretell: Run, model: Path) -> None:
    model.with_name("other.txt").write_text(sentences(2) + "Ω", encoding="utf-8")
    expected = TextModel.load(model).score(model.with_name("other.txt"))
    shown = foretell("text", "score", model, "other.txt").out
    assert f"{expected.bits_per_character:.4f} bits per character" in shown
    assert "1 unknown" in shown
    as_json = json.loads(foretell("text", "score", model, "other.txt", "--json").out)
    assert as_json == expected.to_dict()


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "code", "message"),
    [
        ("empty.txt", b"", 5, "'empty.txt' is empty"),
        ("binary.txt", b"\x89PNG\xff\x00" * 500, 5, "byte 0 is 0x89"),
        ("short.txt", b"too short", 5, "to train on"),
        ("missing.txt", None, 2, "no file 'missing.txt'"),
    ],
)
@pytest.mark.parametrize("verb", ["train", "score"])
def test_files_without_a_text(
    foretell: Run, model: Path, verb: str, name: str, data: bytes | None, code: int, message: str
) -> None:
    if data is not None:
        model.with_name(name).write_bytes(data)
    if (verb, name) == ("score", "short.txt"):
        return  # a short text can be scored
    rest = ["--save", "n.st"] if verb == "train" else []
    arguments = [name] if verb == "train" else [model, name]
    ran = foretell("text", verb, *arguments, *rest)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.splitlines()[-1].startswith("error: ")
    assert message in ran.err
    assert not model.with_name("n.st").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--temperature", "0"], "temperature is 0.0"),
        (["--temperature", "-1"], "temperature is -1.0"),
        (["--top-p", "1.5"], "top_p is 1.5"),
        (["--top-p", "0"], "top_p is 0.0"),
        (["--top-k", "0"], "top_k is 0"),
        (["--count", "-1"], "count is -1"),
        (["--seed", "-1"], "seed is -1"),
        (["--prompt", "Ünknown Ü"], "the prompt has "),
    ],
)
def test_generate_refuses_what_cannot_be_meant(
    foretell: Run, model: Path, arguments: list[str], message: str
) -> None:
    ran = foretell("text", "generate", model, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either the FILE of a text or --sample"),
        (["corpus.txt", "--sample"], "give either"),
        (["corpus.txt", "--tokens", "runes"], "tokens is 'runes'"),
        (["corpus.txt", "--cell", "runes"], "cell is 'runes'"),
        (["corpus.txt", "--seconds", "0"], "seconds is 0.0"),
        (["corpus.txt", "--dropout", "1"], "dropout is 1.0"),
    ],
)
def test_train_refuses_what_cannot_be_meant(
    foretell: Run, corpus: Path, arguments: list[str], message: str
) -> None:
    ran = foretell("text", "train", *arguments, "--save", "n.st")
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert not corpus.with_name("n.st").exists()


def test_train_refuses_a_place_before_it_trains(foretell: Run, corpus: Path) -> None:
    ran = foretell("text", "train", corpus, "--save", "no/such/folder/m.st")
    assert (ran.code, ran.out) == (2, "")
    assert "training on" not in ran.err


def test_model_of_another_kind(foretell: Run, csv: Path, small: list[str]) -> None:
    foretell("train", csv, *small, "--save", "numbers.st")
    for verb in ("generate", "score"):
        ran = foretell("text", verb, "numbers.st", *([csv] if verb == "score" else []))
        assert ran.code == 5
        assert "forecasts numbers, not text" in ran.err


def test_model_that_is_missing_or_none(foretell: Run, corpus: Path) -> None:
    assert foretell("text", "generate", "missing.st").code == 2
    assert foretell("text", "generate", corpus).code == 5


# -- Ctrl-C and divergence ---------------------------------------------------------------------


def test_ctrl_c_keeps_the_best_and_exits_with_130(
    foretell: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell, pressed = Pupil._tell, []

    def press(self: Any, share: float, *, within: bool = False) -> None:
        tell(self, share, within=within)
        if self._done == 2 and not pressed:
            pressed.append(True)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            time.sleep(0.2)

    monkeypatch.setattr(Pupil, "_tell", press)
    monkeypatch.setattr("foretell.training.language.LanguageSettings.check", 10)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ran = foretell("text", "train", corpus, "--save", "m.st", *TINY[:4], "--steps", 100_000)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ran.code == 130
    assert "the best weights so far are in m.st" in ran.err
    assert ran.err.endswith("interrupted\n")
    assert TextModel.load(corpus.with_name("m.st")).generate("the", 5)


def test_divergence_keeps_the_best_and_exits_with_1(
    foretell: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter([2.0])
    monkeypatch.setattr(Pupil, "_validate", lambda _: next(losses, float("nan")))
    ran = foretell("text", "train", corpus, "--save", "m.st", *TINY)
    assert ran.code == 1
    assert "error: the loss is no longer a finite number" in ran.err
    assert TextModel.load(corpus.with_name("m.st")).generate("the", 5)


def test_defaults_that_help_names_are_those_of_a_text_model() -> None:
    parameters = TextModel().get_params()
    commands = typer.main.get_command(app).commands
    named = {each.name: each.help for each in commands["train"].params if each.name in parameters}
    assert len(named) == 10
    for name, text in named.items():
        assert parameters[name] is None or f"[default: {parameters[name]}]" in text
