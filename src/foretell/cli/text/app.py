"""The commands under ``foretell text``: their options, and where each is carried out.

An option that was not given is None, and the defaults are those of `foretell.TextModel`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["app"]

app = typer.Typer(
    name="text",
    help="Language models: train one on a text, let it write, score it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A model from `text train`.")]


@app.command()
def train(
    save: Annotated[Path, typer.Option(help="File for the model.")],
    source: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A text in UTF-8, perhaps .gz.")
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Train on Python's own help instead of a file.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(help="The most that training may take. [default: no limit]")
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(help="Most gradient steps. [default: 4000, or no limit with --seconds]"),
    ] = None,
    tokens: Annotated[
        str | None, typer.Option(help="characters, bytes, words or bpe. [default: characters]")
    ] = None,
    vocabulary: Annotated[
        int | None, typer.Option(help="Most words, or tokens of bpe. [default: 10000]")
    ] = None,
    cell: Annotated[
        str | None, typer.Option(help="rnn, gru, lstm or slstm. [default: lstm]")
    ] = None,
    hidden_size: Annotated[int | None, typer.Option(help="Units a layer. [default: 384]")] = None,
    layers: Annotated[int | None, typer.Option(help="Recurrent layers. [default: 1]")] = None,
    embedding_size: Annotated[
        int | None, typer.Option(help="Width of a token's embedding. [default: 64]")
    ] = None,
    dropout: Annotated[
        float | None, typer.Option(help="Of what leaves a layer. [default: 0.3]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same weights. [default: 0]")] = None,
    as_json: Json = False,
) -> None:
    """Train a language model on a text and save it."""
    from foretell.cli.text.train import run

    parameters = _given(
        tokens=tokens, vocabulary=vocabulary, cell=cell, hidden_size=hidden_size, layers=layers,
        embedding_size=embedding_size, dropout=dropout, seed=seed, steps=steps, seconds=seconds,
    )  # fmt: skip
    run(source, save, parameters, sample=sample, as_json=as_json)


@app.command()
def generate(
    model: Model,
    prompt: Annotated[str, typer.Option(help="Text to go on from.")] = "",
    count: Annotated[int, typer.Option(help="Tokens to write.")] = 500,
    temperature: Annotated[float, typer.Option(help="Below 1 the likely becomes likelier.")] = 1.0,
    top_k: Annotated[
        int | None, typer.Option(help="Draw from so many likeliest tokens. [default: all]")
    ] = None,
    top_p: Annotated[
        float | None,
        typer.Option(help="Draw from the likeliest tokens of this probability. [default: all]"),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same text.")] = None,
    as_json: Json = False,
) -> None:
    """Write a text, token by token, to the terminal."""
    from foretell.cli.text.generate import run

    drawing = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
    run(model, prompt, count, drawing, as_json=as_json)


@app.command()
def score(
    model: Model,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A text the model has not seen.")],
    as_json: Json = False,
) -> None:
    """Say how well a model foretells a text: bits per character, perplexity."""
    from foretell.cli.text.score import run

    run(model, source, as_json=as_json)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
