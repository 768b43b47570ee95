"""Every way to cut a text: back again, in pieces, from its card, and what it does not know."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretell.errors import MissingExtra
from foretell.text.tokens import TOKENS, Tokens

CORPUS = "Was it a car\nor a cat I saw?\n\nnaïve 😀 café: \tЖЯ\r\n" * 30
KINDS = sorted(TOKENS)
LOSSLESS = sorted(set(KINDS) - {"words"})

of_corpus = st.text(alphabet=sorted(set(CORPUS)), max_size=200)
anything = st.text(max_size=100)  # hypothesis leaves out halves of surrogate pairs


@pytest.fixture(scope="module")
def fitted() -> dict[str, Tokens]:
    return {kind: TOKENS[kind].fit(CORPUS, 300) for kind in KINDS}


@pytest.mark.parametrize("kind", LOSSLESS)
@given(text=of_corpus)
@settings(max_examples=50, deadline=None)
def test_text_of_known_characters_comes_back(
    fitted: dict[str, Tokens], kind: str, text: str
) -> None:
    tokens = fitted[kind]
    assert tokens.decode(tokens.encode(text).tolist()) == text
    assert tokens.strange(text) == []


@pytest.mark.parametrize("kind", ["bpe", "bytes"])
@given(text=anything)
@settings(max_examples=50, deadline=None)
def test_nothing_is_unknown_to_bytes(fitted: dict[str, Tokens], kind: str, text: str) -> None:
    tokens = fitted[kind]
    assert tokens.unknown is None
    assert tokens.decode(tokens.encode(text).tolist()) == text


@given(text=anything)
@settings(max_examples=50, deadline=None)
def test_unknown_characters_are_counted_one_by_one(fitted: dict[str, Tokens], text: str) -> None:
    tokens = fitted["characters"]
    expected = [character not in CORPUS for character in text]
    assert (tokens.encode(text) == tokens.unknown).tolist() == expected
    assert tokens.strange(text) == sorted({each for each in text if each not in CORPUS})


@given(lines=st.lists(st.lists(st.sampled_from(["a", "cat", "saw?", "naïve"])), max_size=5))
@settings(max_examples=50, deadline=None)
def test_words_come_back_with_their_lines(
    fitted: dict[str, Tokens], lines: list[list[str]]
) -> None:
    text = "\n".join(" ".join(line) for line in lines)
    tokens = fitted["words"]
    token_N = tokens.encode(text.replace(" ", "  \t "))
    assert len(token_N) == sum(map(len, lines)) + max(len(lines) - 1, 0)
    assert tokens.decode(token_N.tolist()) == text


def test_words_that_are_rare_or_new_are_unknown() -> None:
    tokens = TOKENS["words"].fit("b a a b a b c a <unk>\n", 3)
    encoded = tokens.encode("a b c zebra <unk>")
    assert tokens.size == 3
    assert (encoded == tokens.unknown).tolist() == [False, False, True, True, True]
    assert tokens.strange("a c zebra c") == ["c", "zebra"]


def test_a_text_that_says_unknown_itself_has_one_such_word() -> None:
    tokens = TOKENS["words"].fit(" a <unk> b \n <unk> a \n", 300)
    assert tokens.encode(" a <unk> b \n").tolist() == [1, tokens.unknown, 3, 2]
    assert tokens.size == 4


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_fit_the_vocabulary(fitted: dict[str, Tokens], kind: str) -> None:
    tokens = fitted[kind]
    encoded = tokens.encode(CORPUS + "\u2603 zebra")
    assert encoded.min() >= 0
    assert encoded.max() < tokens.size


@pytest.mark.parametrize("kind", KINDS)
def test_card_is_json_and_gives_the_same_vocabulary(fitted: dict[str, Tokens], kind: str) -> None:
    tokens = fitted[kind]
    again = TOKENS[kind].from_card(json.loads(json.dumps(tokens.card())))
    assert (again.size, again.unknown) == (tokens.size, tokens.unknown)
    assert again.encode(CORPUS).tolist() == tokens.encode(CORPUS).tolist()


@pytest.mark.parametrize("kind", ["characters", "words", "bpe"])
@pytest.mark.parametrize("card", [None, 3, "", "}{", ["a"]])
def test_card_of_something_else_is_refused(kind: str, card: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        TOKENS[kind].from_card(card)


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_come_as_soon_as_they_are_whole(fitted: dict[str, Tokens], kind: str) -> None:
    tokens = fitted[kind]
    encoded = tokens.encode("cat 😀 saw?").tolist()
    pieces = list(tokens.pieces(iter(encoded)))
    assert len(pieces) in (len(encoded), len(encoded) + 1)
    assert "".join(pieces) == tokens.decode(encoded)
    assert all("\ufffd" not in piece for piece in pieces)


def test_half_a_character_is_shown_as_such(fitted: dict[str, Tokens]) -> None:
    tokens = fitted["bytes"]
    assert tokens.decode(tokens.encode("é").tolist()[:1]) == "\ufffd"


@pytest.mark.parametrize("kind", ["words", "bpe"])
def test_missing_library_is_told_with_the_remedy(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtra, match=r"pip install 'foretell\[text\]'"):
        TOKENS[kind].fit(CORPUS, 300)
    with pytest.raises(MissingExtra):
        TOKENS[kind].from_card("{}")
    assert TOKENS["characters"].fit(CORPUS, 300).size


@pytest.mark.parametrize("kind", KINDS)
def test_vocabulary_comes_from_the_text_alone(kind: str) -> None:
    one, other = TOKENS[kind].fit(CORPUS, 300), TOKENS[kind].fit(CORPUS, 300)
    assert one.card() == other.card()
