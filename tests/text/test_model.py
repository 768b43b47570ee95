"""The public face of language."""

from __future__ import annotations

import re
import sys
from itertools import islice
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foretell import Forecaster, TextModel, samples
from foretell.errors import DataError, MissingExtra, ModelFileError, TrainingDiverged, UsageError
from foretell.runtime import CELLS
from foretell.text import TextProgress
from foretell.training.pupil import Pupil


def test_model_learns_its_language(fitted: TextModel, corpus: str) -> None:
    """Three free choices of three in a line; all else is certain."""
    free = 3 * log(3) / (len(corpus) / 400)
    assert free < fitted.score(corpus).nats_per_character < 1.8 * free
    words = set(re.findall(r"\w+", fitted.generate("the cat", 400, seed=2, temperature=0.5)))
    assert len(words & set(re.findall(r"\w+", corpus))) > 0.7 * len(words)


def test_score_is_the_sum_over_the_characters_by_hand(fitted: TextModel) -> None:
    text = "the dog eats it."
    engine = fitted._fitted()
    state, nats = engine.network.start(), 0.0
    for token in engine.vocabulary.encode(text):
        logits_V = engine.network.read(state)[0].astype(np.float64)
        nats -= log(np.exp(logits_V)[token] / np.exp(logits_V).sum())
        engine.network.advance(state, token)
    score = fitted.score(text)
    assert score.nats == pytest.approx(nats, rel=1e-5)
    assert (score.tokens, score.characters, score.unknown) == (16, 16, 0)


def test_unknown_characters_are_counted_and_cost(fitted: TextModel) -> None:
    score = fitted.score("the ÄÖ cat")
    assert score.unknown == 2
    assert score.nats > fitted.score("the it cat").nats


def test_what_follows_moves_no_earlier_probability(fitted: TextModel) -> None:
    network, vocabulary = fitted._fitted().network, fitted._fitted().vocabulary
    one = network.surprisals(vocabulary.encode("the cat sees it.\na dog is him."))
    other = network.surprisals(vocabulary.encode("the cat sees you."))
    same = len("the cat sees ")
    assert np.array_equal(one[:same], other[:same])
    assert one[same] != other[same]


# -- writing -----------------------------------------------------------------------------------


def test_same_seed_writes_the_same(fitted: TextModel) -> None:
    assert fitted.generate("a dog ", 40, seed=1) == fitted.generate("a dog ", 40, seed=1)
    assert fitted.generate("a dog ", 40, seed=1) != fitted.generate("a dog ", 40, seed=2)
    assert len(fitted.generate("a dog ", 40)) == 40


def test_stream_is_what_generate_joins(fitted: TextModel) -> None:
    pieces = list(fitted.stream("a dog ", 30, seed=1, top_k=3))
    assert "".join(pieces) == fitted.generate("a dog ", 30, seed=1, top_k=3)
    assert len(pieces) == 30


def test_what_is_written_without_a_prompt_begins_a_line(fitted: TextModel) -> None:
    assert fitted.generate("", 20, seed=1) == fitted.generate("\n", 20, seed=1)
    assert fitted.generate("", 1, top_k=1) in "tao"


def test_stream_comes_piece_by_piece(fitted: TextModel) -> None:
    assert len(list(islice(fitted.stream("", 10**12), 5))) == 5


def test_likeliest_text_goes_on_alike_from_a_longer_prompt(fitted: TextModel) -> None:
    """State after a prompt is the state after writing it."""
    whole = fitted.generate("the cat ", 30, top_k=1)
    assert fitted.generate("the cat " + whole[:10], 20, top_k=1) == whole[10:]


def test_unknown_token_is_never_written(fitted: TextModel) -> None:
    assert "\ufffd" not in fitted.generate("", 3_000, seed=0, temperature=50.0)


@pytest.mark.parametrize(
    "arguments",
    [{"count": -1}, {"count": "9"}, {"temperature": 0.0}, {"prompt": "über"}, {"prompt": None}],
)
def test_wrong_arguments_are_refused_at_once(fitted: TextModel, arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        fitted.stream(**arguments)


@pytest.mark.parametrize("tokens", ["bytes", "words", "bpe"])
def test_other_tokens_learn_write_and_are_kept(
    tokens: str, corpus: str, tiny: dict[str, Any], tmp_path: Path
) -> None:
    model = TextModel(tokens, vocabulary=300, **tiny | {"steps": 60}).fit(corpus)
    model.save(tmp_path / "m.st")
    again = TextModel.load(tmp_path / "m.st")
    assert again.generate("the cat", 20, seed=1) == model.generate("the cat", 20, seed=1)
    assert again.score(corpus) == model.score(corpus)
    assert model.score(corpus).perplexity < 0.5 * model.about["tokens"]["vocabulary"]


def test_text_without_a_token_has_no_score(corpus: str, tiny: dict[str, Any]) -> None:
    model = TextModel("words", **tiny | {"steps": 1}).fit(corpus)
    with pytest.raises(DataError, match=r"the text ' ' has no words; give one that has"):
        model.score(" ")


def test_words_written_go_on_after_the_prompt(corpus: str, tiny: dict[str, Any]) -> None:
    model = TextModel("words", **tiny | {"steps": 60}).fit(corpus)
    assert model.generate("the cat", 5, seed=0)[0] in " \n"


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_every_cell_learns_and_is_kept(
    cell: str, corpus: str, tiny: dict[str, Any], tmp_path: Path
) -> None:
    model = TextModel(cell=cell, layers=2, **tiny | {"steps": 60}).fit(corpus)
    model.save(tmp_path / "m.st")
    assert TextModel.load(tmp_path / "m.st").score(corpus) == model.score(corpus)
    assert model.score(corpus).nats_per_character < 0.7 * log(22)


# -- training ----------------------------------------------------------------------------------


def test_last_part_is_not_learned_from(corpus: str, tiny: dict[str, Any]) -> None:
    """A character of the validation part alone is not in the vocabulary."""
    model = TextModel(**tiny | {"steps": 20}).fit(corpus + "Ω")
    assert model._fitted().vocabulary.strange("Ω") == ["Ω"]


def test_validation_text_leaves_all_of_the_other_to_learn_from(
    corpus: str, tiny: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "held_out.txt").write_text("the cat eats it.\nΨ", encoding="utf-8")
    model = TextModel(**tiny | {"steps": 20})
    model.fit(corpus + "Ω", validation=tmp_path / "held_out.txt")
    assert model._fitted().vocabulary.strange("ΩΨ") == ["Ψ"]
    assert model.about["tokens"]["training"] == len(corpus) + 1


@pytest.mark.parametrize(
    "setting", [{"locked": True}, {"word_dropout": 0.5}, {"weight_drop": 0.5}, {"candidates": 2}]
)
def test_every_regulariser_reaches_the_network(
    setting: dict[str, Any], corpus: str, tiny: dict[str, Any], tmp_path: Path
) -> None:
    plain = TextModel(**tiny | {"steps": 20, "dropout": 0.2}).fit(corpus)
    model = TextModel(**tiny | {"steps": 20, "dropout": 0.2} | setting).fit(corpus)
    assert model.score(corpus).nats != plain.score(corpus).nats
    model.save(tmp_path / "m.st")
    assert TextModel.load(tmp_path / "m.st").score(corpus) == model.score(corpus)


def test_words_of_a_regularised_model_learn(corpus: str, tiny: dict[str, Any]) -> None:
    """Three free choices of three among five words a line: at best exp(3 ln 3 / 5) = 1.93."""
    regularised = {
        "embedding_size": 16, "tied": True, "layers": 2, "locked": True, "dropout": 0.1,
        "embedding_dropout": 0.1, "word_dropout": 0.05, "weight_drop": 0.1, "candidates": 4,
    }  # fmt: skip
    model = TextModel("words", **tiny | regularised | {"chunk": 8}).fit(corpus)
    assert model.score(corpus).perplexity < 2.2


def test_path_is_read(corpus: str, tiny: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(corpus, encoding="utf-8")
    by_path = TextModel(**tiny | {"steps": 20}).fit(tmp_path / "a.txt")
    by_name = TextModel(**tiny | {"steps": 20}).fit(str(tmp_path / "a.txt"))
    assert by_path.about == by_name.about
    assert by_path.about["data"]["characters"] == len(corpus)
    assert by_path.score(tmp_path / "a.txt") == by_name.score(corpus)


def test_report_tells_how_far_and_shows_what_is_written(corpus: str, tiny: dict[str, Any]) -> None:
    found: list[TextProgress] = []
    shown: list[str] = []

    def report(step: TextProgress) -> None:
        found.append(step)
        shown.append(step.sample(9))

    TextModel(**tiny).fit(corpus, report=report)
    assert [each.share for each in found] == sorted(each.share for each in found)
    assert found[-1].share == 1.0
    assert [each.within for each in found].count(False) == 2
    assert {len(each) for each in shown} == {9}


@pytest.mark.parametrize("text", ["too short", "x" * 90])
def test_short_text_is_refused(text: str) -> None:
    shown = "'too short', which names no file" if text == "too short" else "the text has"
    with pytest.raises(DataError, match=shown):
        TextModel().fit(text)


def test_diverged_training_says_so_and_keeps_the_last_good_weights(
    corpus: str, tiny: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter([2.0, 1.5])
    monkeypatch.setattr(Pupil, "_validate", lambda _: next(losses, float("nan")))
    model = TextModel(**tiny)
    with pytest.raises(TrainingDiverged, match="the weights of step 100 are kept"):
        model.fit(corpus)
    assert np.isfinite(model.score(corpus).nats)


def test_missing_pytorch_is_told_with_the_remedy(
    corpus: str, tiny: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.startswith("foretell.models")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "foretell.training.language")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"PyTorch, .*; pip install 'foretell\[train\]'"):
        TextModel(**tiny).fit(corpus)


def test_sample_is_a_text_to_train_on() -> None:
    text = samples.text()
    assert len(text) > 300_000
    assert text == samples.text()


# -- arguments and files -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tokens", "letters"), ("tokens", ["words"]), ("vocabulary", 2), ("cell", "transformer"),
        ("hidden_size", 0), ("layers", 1.5), ("embedding_size", True), ("tied", 1),
        ("dropout", 1.0),
        ("embedding_dropout", -0.1), ("locked", 1), ("word_dropout", 1.0), ("weight_drop", -0.1),
        ("candidates", 0), ("seed", -1), ("learning_rate", 0.0), ("weight_decay", -1.0),
        ("chunk", 0), ("batch", 0), ("steps", 0), ("seconds", 0.0), ("seconds", float("nan")),
        ("check", 0),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_meant_are_refused(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=f"{name} is .*; give "):
        TextModel(**{name: value}).fit("abc" * 1_000)


def test_tied_needs_equal_widths() -> None:
    with pytest.raises(UsageError, match="embedding_size 64 and hidden_size 384"):
        TextModel(tied=True).fit("abc" * 1_000)


def test_every_argument_is_checked() -> None:
    from foretell.text.arguments import RULES

    assert RULES.keys() == TextModel().get_params().keys()


def test_unfitted_model_says_so() -> None:
    model = TextModel()
    assert not model.fitted
    for use in (model.generate, lambda: model.score("abc"), lambda: model.save("m.st")):
        with pytest.raises(UsageError, match="not fitted"):
            use()


def test_saved_model_is_the_same_model(fitted: TextModel, corpus: str, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m.st")
    again = TextModel.load(tmp_path / "m.st")
    assert again.get_params() == fitted.get_params()
    assert again.about == fitted.about
    assert again.score(corpus) == fitted.score(corpus)


def test_forecaster_is_no_text_model(fitted: TextModel, tmp_path: Path) -> None:
    candles = samples.load("BTC-USD").tail(200)
    Forecaster(2, hidden_size=4, ensemble=1, steps=2).fit(candles).save(tmp_path / "f.st")
    with pytest.raises(ModelFileError, match="forecasts numbers, not text"):
        TextModel.load(tmp_path / "f.st")
    fitted.save(tmp_path / "m.st")
    with pytest.raises(ModelFileError):
        Forecaster.load(tmp_path / "m.st")
