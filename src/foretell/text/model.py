"""The public face of language: fit, generate, score, save."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from foretell.errors import DataError, ModelFileError, TrainingDiverged, UsageError
from foretell.runtime import Look
from foretell.text.arguments import check_arguments, check_writing
from foretell.text.engine import Engine
from foretell.text.files import Stored, read_model, write_model
from foretell.text.fitting import TextProgress, about, train_network
from foretell.text.parting import part
from foretell.text.reading import read_text
from foretell.text.sampling import Sampler
from foretell.text.score import Score
from foretell.text.tokens import TOKENS
from foretell.training import LanguageSettings

__all__ = ["TextModel"]

SHORTEST_TEXT = 10  # chunks


class TextModel:
    """Language model: one recurrent network that foretells every token from those before it.

    Parameters
    ----------
    tokens : {"characters", "bytes", "words", "bpe"}
        How a text is cut. The last two need ``foretell[text]``.
    vocabulary : int
        The most words, or tokens of byte pair encoding; without effect on the first two.
    cell : str
        Recurrent cell; one of `foretell.runtime.CELLS`.
    hidden_size, layers : int
        Units a layer, and layers.
    embedding_size : int
        Width of the vector by which a token enters.
    tied : bool
        Whether tokens leave by the same vectors; `embedding_size` must then be `hidden_size`.
    dropout, embedding_dropout : float
        Of what leaves a layer, and of what enters the first one.
    locked : bool
        Whether those drop the same units at every step of a chunk.
    word_dropout, weight_drop : float
        Dropout of whole tokens as they enter, and of the recurrent weights. With `locked` and
        `tied` these are what AWD-LSTM has (Merity, Keskar and Socher, ICLR 2018).
    candidates : int, optional
        Train with so many tokens drawn for each softmax, besides those that come next. None takes
        all; with many tokens that is most of the time.
    seed : int
        The same seed on the same text and machine, with as many threads, gives the same weights,
        bit for bit, where no `seconds` are given.
    learning_rate, weight_decay, chunk, batch, steps, seconds, check
        Training schedule; see `foretell.training.LanguageSettings`. Training ends after so many
        `steps` or `seconds`, whichever comes first; after 4,000 steps where neither is given.

    Examples
    --------
    >>> import foretell as ft
    >>> model = ft.TextModel().fit("corpus.txt")  # doctest: +SKIP
    >>> model.generate("To be", 200)  # doctest: +SKIP
    >>> model.score("held_out.txt").bits_per_character  # doctest: +SKIP
    """

    def __init__(
        self,
        tokens: str = "characters",
        *,
        vocabulary: int = 10_000,
        cell: str = LanguageSettings.cell,
        hidden_size: int = LanguageSettings.hidden_size,
        layers: int = LanguageSettings.layers,
        embedding_size: int = LanguageSettings.embedding_size,
        tied: bool = LanguageSettings.tied,
        dropout: float = LanguageSettings.dropout,
        embedding_dropout: float = LanguageSettings.embedding_dropout,
        locked: bool = LanguageSettings.locked,
        word_dropout: float = LanguageSettings.word_dropout,
        weight_drop: float = LanguageSettings.weight_drop,
        candidates: int | None = LanguageSettings.candidates,
        seed: int = LanguageSettings.seed,
        learning_rate: float = LanguageSettings.learning_rate,
        weight_decay: float = LanguageSettings.weight_decay,
        chunk: int = LanguageSettings.chunk,
        batch: int = LanguageSettings.batch,
        steps: int | None = LanguageSettings.steps,
        seconds: float | None = LanguageSettings.seconds,
        check: int = LanguageSettings.check,
    ) -> None:
        self.tokens = tokens
        self.vocabulary = vocabulary
        self.cell = cell
        self.hidden_size = hidden_size
        self.layers = layers
        self.embedding_size = embedding_size
        self.tied = tied
        self.dropout = dropout
        self.embedding_dropout = embedding_dropout
        self.locked = locked
        self.word_dropout = word_dropout
        self.weight_drop = weight_drop
        self.candidates = candidates
        self.seed = seed
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.chunk = chunk
        self.batch = batch
        self.steps = steps
        self.seconds = seconds
        self.check = check
        self._engine: Engine | None = None
        self.about: dict[str, Any] = {}

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002
        """Arguments of the constructor, as scikit-learn's ``clone`` wants them."""
        names = list(inspect.signature(type(self)).parameters)
        return {name: getattr(self, name) for name in names}

    # -- training ----------------------------------------------------------------------------

    def fit(
        self,
        text: str | Path,
        *,
        validation: str | Path | None = None,
        report: Callable[[TextProgress], None] | None = None,
    ) -> Self:
        """Train on a text.

        Ctrl-C ends training and keeps the best weights so far; ``about["training"]["end"]``
        then says ``interrupted``.

        Parameters
        ----------
        text : str or Path
            A Path, or a str that is the name of a file that exists, is read, unpacked if it ends
            in ``.gz``. Any other str is the text.
        validation : str or Path, optional
            Likewise: a text that chooses among the weights on the way, and is not trained on. By
            default a fiftieth of `text`; see `foretell.text.parting`.
        report : callable, optional
            Called every few steps.

        Raises
        ------
        DataError
            The text is too short, or not UTF-8.
        TrainingDiverged
            The loss left the finite numbers. The model holds the last good weights.
        MissingExtra
            PyTorch is not installed, or the library that the tokens need.
        """
        check_arguments(self.get_params())
        whole = read_text(text)
        taught, held_out = part(whole) if validation is None else (whole, read_text(validation))
        vocabulary = TOKENS[self.tokens].fit(taught, self.vocabulary)
        training_N, validation_N = vocabulary.encode(taught), vocabulary.encode(held_out)
        self._check_length(len(training_N), len(validation_N), whole)
        trained = train_network(training_N, validation_N, vocabulary, self._settings(), report)
        self._engine = Engine(trained.weights, vocabulary)
        self.about = about(whole, vocabulary, len(training_N), trained)
        if trained.end.value == "diverged":
            message = (
                f"the loss is no longer a finite number; the weights of step {trained.steps} are "
                f"kept; lower learning_rate (now {self.learning_rate:g})"
            )
            raise TrainingDiverged(message)
        return self

    def _check_length(self, training: int, validation: int, text: str) -> None:
        fewest = SHORTEST_TEXT * self.chunk
        if training < fewest or validation < 2:
            shown = f" {text!r}, which names no file," if len(text) < 80 else ""
            message = (
                f"the text{shown} has {training} {self.tokens} to train on and {validation} to "
                f"validate on; give one with at least {fewest} and 2, or lower chunk (now "
                f"{self.chunk})"
            )
            raise DataError(message)

    def _settings(self) -> LanguageSettings:
        parameters = self.get_params()
        return LanguageSettings(
            **{name: parameters[name] for name in LanguageSettings.__dataclass_fields__}
        )

    # -- writing and scoring -----------------------------------------------------------------

    def generate(
        self,
        prompt: str = "",
        count: int = 200,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> str:
        """Go on from a prompt; the prompt itself is not repeated.

        Parameters
        ----------
        prompt : str
            Read before anything is written; without one, what is written begins a line.
        count : int
            Tokens to write.
        temperature, top_k, top_p, seed
            How they are drawn; see `foretell.text.Sampler`.

        Raises
        ------
        UsageError
            An argument cannot be meant, or something in the prompt is not in the vocabulary.
        """
        return "".join(
            self.stream(prompt, count, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
        )

    def stream(
        self,
        prompt: str = "",
        count: int = 200,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> Iterator[str]:
        """The same piece by piece, each as soon as it is drawn."""
        check_writing(prompt=prompt, count=count)
        sampler = Sampler(temperature, top_k, top_p, seed)
        return self._fitted().write(prompt, count, sampler)

    def score(self, text: str | Path) -> Score:
        """How well the model foretells a text, from its beginning to its end.

        Parameters
        ----------
        text : str or Path
            As for `fit`.

        Raises
        ------
        DataError
            It has no tokens, such as words in a text of spaces.
        """
        return self._fitted().score(read_text(text))

    def look(self, text: str | Path) -> Iterator[list[Look]]:
        """Read a text; after every token, what each layer of the network did with it.

        Parameters
        ----------
        text : str or Path
            As for `fit`.

        Yields
        ------
        list of `foretell.runtime.Look`
            One a layer, arrays of shape (1, 1, U).
        """
        return self._fitted().look(read_text(text))

    @property
    def fitted(self) -> bool:
        """Whether there is something to write with."""
        return self._engine is not None

    def _fitted(self) -> Engine:
        if self._engine is None:
            message = "this TextModel is not fitted; call fit(text) first, or load a model"
            raise UsageError(message)
        return self._engine

    # -- files -------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the model as one safetensors file."""
        write_model(path, Stored(self._fitted(), self.get_params(), self.about))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a saved model; needs no PyTorch."""
        stored = read_model(path)
        if stored.parameters.keys() != cls().get_params().keys():
            message = f"{str(path)!r} has other parameters than this version; train it again"
            raise ModelFileError(message)
        try:
            check_arguments(stored.parameters)
        except UsageError as error:
            message = f"{str(path)!r} is damaged ({error}); train it again"
            raise ModelFileError(message) from error
        model = cls(**stored.parameters)
        model._engine, model.about = stored.engine, stored.about
        return model
