"""The options that say how a forecaster is made, which several commands share.

One that was not given is None and left out: the defaults are those of `foretell.Forecaster`, and a
saved model has its own.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from foretell.cli.bundles import bundle

__all__ = ["OPTIONS", "network_options"]

OPTIONS: dict[str, Any] = {
    "horizon": Annotated[
        int | None, typer.Option(help="Bars ahead. [default: 14, or the model's]")
    ],
    "target": Annotated[
        str | None, typer.Option(help="Column to forecast; default: close or value.")
    ],
    "inputs": Annotated[
        list[str] | None,
        typer.Option("--input", metavar="COLUMN", help="Another column to read; may be repeated."),
    ],
    "known": Annotated[
        list[str] | None,
        typer.Option("--known", metavar="COLUMN", help="One known in advance; may be repeated."),
    ],
    "periods": Annotated[
        list[float] | None,
        typer.Option(
            "--period", metavar="BARS", help="Bars in a season, of values; may be repeated."
        ),
    ],
    "log": Annotated[
        bool | None,
        typer.Option("--log/--no-log", help="Values in logs; default: where that is better."),
    ],
    "cell": Annotated[
        str | None, typer.Option(help="Kind of layer: lstm, gru, rnn or slstm. [default: lstm]")
    ],
    "hidden_size": Annotated[int | None, typer.Option(help="Units of a layer. [default: 64]")],
    "layers": Annotated[int | None, typer.Option(help="Recurrent layers. [default: 1]")],
    "ensemble": Annotated[
        int | None, typer.Option(help="Networks that are averaged. [default: 3]")
    ],
    "seed": Annotated[int | None, typer.Option(help="Same seed, same weights. [default: 0]")],
}

network_options = bundle("parameters", OPTIONS)
