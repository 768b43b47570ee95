"""The command ``foretell``: its options, and where each is carried out.

What a command needs is imported when it runs, so that ``--help`` answers at once. An option that
was not given is None, and the defaults are those of `foretell.Forecaster`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from foretell.cli.ending import Commands

__all__ = ["app", "main"]

app = typer.Typer(
    cls=Commands,
    name="foretell",
    help="Forecast prices and other sequences as distributions, each with its track record.",
    epilog="Exit codes: 0 good, 1 failure, 2 usage, 5 bad data, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Source = Annotated[
    str,
    typer.Argument(metavar="SYMBOL_OR_PATH", help="A bundled sample, or a CSV or Parquet file."),
]
Target = Annotated[str | None, typer.Option(help="Column to forecast; default: close or value.")]
HiddenSize = Annotated[int | None, typer.Option(help="Units of the LSTM. [default: 64]")]
Layers = Annotated[int | None, typer.Option(help="LSTM layers. [default: 1]")]
Ensemble = Annotated[int | None, typer.Option(help="Networks that are averaged. [default: 3]")]
Seed = Annotated[int | None, typer.Option(help="Same seed, same weights. [default: 0]")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command()
def forecast(
    source: Source,
    horizon: Annotated[
        int | None, typer.Option(help="Bars ahead. [default: 14, or the model's]")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="Use this saved model instead of training one.")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Save the model to this file.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the page here. [default: NAME-forecast.html]")
    ] = None,
    no_html: Annotated[bool, typer.Option("--no-html", help="Write no page.")] = False,
    as_json: Json = False,
    target: Target = None,
    hidden_size: HiddenSize = None,
    layers: Layers = None,
    ensemble: Ensemble = None,
    seed: Seed = None,
) -> None:
    """Forecast the next bars, and show how well this did on bars it had never seen."""
    from foretell.cli.forecast import Request, run

    request = Request(
        source=source, model=model, save=save, html=html,
        page=html is not None or not (no_html or as_json), as_json=as_json,
        parameters=_given(
            horizon=horizon, target=target, hidden_size=hidden_size, layers=layers,
            ensemble=ensemble, seed=seed,
        ),
    )  # fmt: skip
    run(request)


@app.command()
def train(
    source: Source,
    save: Annotated[Path, typer.Option(help="File for the model.")],
    until: Annotated[
        str | None, typer.Option(help="Learn nothing from this time on, e.g. 2024-01-01.")
    ] = None,
    horizon: Annotated[int | None, typer.Option(help="Bars ahead. [default: 14]")] = None,
    as_json: Json = False,
    target: Target = None,
    hidden_size: HiddenSize = None,
    layers: Layers = None,
    ensemble: Ensemble = None,
    seed: Seed = None,
) -> None:
    """Train a model, measure its track record and save both."""
    from foretell.cli.train import run

    parameters = _given(
        horizon=horizon, target=target, hidden_size=hidden_size, layers=layers,
        ensemble=ensemble, seed=seed,
    )  # fmt: skip
    run(source, save, until, parameters, as_json=as_json)


@app.command()
def samples(as_json: Json = False) -> None:
    """List the bundled sequences, with their dates and origin."""
    from foretell.cli.samples import run

    run(as_json=as_json)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def main() -> None:
    """Run the command line."""
    app()
