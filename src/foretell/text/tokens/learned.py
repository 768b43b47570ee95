"""Tokens that the library ``tokenizers`` learns: whole words, and pairs of bytes merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from foretell.extras import needs
from foretell.text.tokens.tokens import Tokens

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["BytePairs", "Words"]

TOKENIZERS = ("tokenizers", "words and bpe need the library tokenizers", "text")
UNKNOWN = "<unk>"
LINE = "\n"


class _Learned(Tokens):
    """A tokenizer of the library, kept as its own JSON."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    @classmethod
    def from_card(cls, card: Any) -> Self:
        """Vocabulary from the library's JSON."""
        with needs(*TOKENIZERS):
            from tokenizers import Tokenizer

        try:
            return cls(Tokenizer.from_str(card))
        except Exception as error:  # the library has no narrower one
            message = f"a vocabulary that tokenizers cannot read ({error})"
            raise ValueError(message) from error

    def card(self) -> Any:
        """The library's JSON."""
        return self._tokenizer.to_str()

    @property
    def size(self) -> int:
        """All tokens, the unknown one included."""
        return int(self._tokenizer.get_vocab_size())

    def encode(self, text: str) -> np.ndarray:
        """Numbers of the tokens."""
        lines = self._tokenizer.encode_batch_fast(text.splitlines(keepends=True))
        return np.array([token for line in lines for token in line.ids], dtype=np.int32)


class Words(_Learned):
    """What stands between white space; the end of a line is a word of its own.

    Of white space within a line only one space is kept.
    """

    kind = "words"

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__(tokenizer)
        self.unknown = tokenizer.token_to_id(UNKNOWN)
        if self.unknown is None:
            message = f"a vocabulary without {UNKNOWN}"
            raise ValueError(message)

    @classmethod
    def fit(cls, text: str, limit: int) -> Self:
        """The most frequent words of the text, and of equal ones those that come first.

        A text may have ``<unk>`` where rare words were taken out before: that is the unknown word.
        The library's own trainer would give such a text two of them.
        """
        with needs(*TOKENIZERS):
            from tokenizers import Regex, Tokenizer, models, pre_tokenizers

        divide = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(r"[^\S\n]+"), "removed"),
                pre_tokenizers.Split(LINE, "isolated"),
            ]
        )
        lines = map(divide.pre_tokenize_str, text.splitlines(keepends=True))
        counts = Counter(word for line in lines for word, _ in line)
        del counts[UNKNOWN]
        words = [UNKNOWN, *(word for word, _ in counts.most_common(limit - 1))]
        numbers = {word: number for number, word in enumerate(words)}
        tokenizer = Tokenizer(models.WordLevel(numbers, unk_token=UNKNOWN))
        tokenizer.pre_tokenizer = divide
        return cls(tokenizer)

    def strange(self, text: str) -> list[str]:
        """Words that are not in the vocabulary."""
        words = dict.fromkeys(text.split())
        return [word for word in words if self._tokenizer.token_to_id(word) is None]

    def pieces(self, tokens: Iterable[int]) -> Iterator[str]:
        """A word for each number, after a space where it does not begin a line."""
        begins = True
        for token in tokens:
            word = str(self._tokenizer.id_to_token(token))
            yield word if begins or word == LINE else f" {word}"
            begins = word == LINE


class BytePairs(_Learned):
    """Byte pair encoding (Sennrich, Haddow and Birch, ACL 2016) of UTF-8: nothing is unknown.

    Pairs are merged within words, each with the space before it.
    """

    kind = "bpe"

    @classmethod
    def fit(cls, text: str, limit: int) -> Self:
        """The bytes, and the pairs that are most frequent in the text."""
        with needs(*TOKENIZERS):
            from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=limit, initial_alphabet=alphabet, show_progress=False
        )
        tokenizer.train_from_iterator(text.splitlines(keepends=True), trainer)
        return cls(tokenizer)

    def pieces(self, tokens: Iterable[int]) -> Iterator[str]:
        """A character as soon as its last byte has come."""
        from tokenizers.decoders import DecodeStream

        stream = DecodeStream(skip_special_tokens=False)
        for token in tokens:
            yield stream.step(self._tokenizer, token) or ""
