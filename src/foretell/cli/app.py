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
    epilog="Exit codes: 0 good, 1 failure, 2 usage, 3 leak found, 5 bad data, 130 interrupted.",
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
Cell = Annotated[
    str | None, typer.Option(help="Kind of layer: lstm, gru, rnn or slstm. [default: lstm]")
]
HiddenSize = Annotated[int | None, typer.Option(help="Units of a layer. [default: 64]")]
Layers = Annotated[int | None, typer.Option(help="Recurrent layers. [default: 1]")]
Ensemble = Annotated[int | None, typer.Option(help="Networks that are averaged. [default: 3]")]
Horizon = Annotated[int | None, typer.Option(help="Bars ahead. [default: 14]")]
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
    cell: Cell = None,
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
            horizon=horizon, target=target, cell=cell, hidden_size=hidden_size,
            layers=layers, ensemble=ensemble, seed=seed,
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
    horizon: Horizon = None,
    as_json: Json = False,
    target: Target = None,
    cell: Cell = None,
    hidden_size: HiddenSize = None,
    layers: Layers = None,
    ensemble: Ensemble = None,
    seed: Seed = None,
) -> None:
    """Train a model, measure its track record and save both."""
    from foretell.cli.train import run

    parameters = _given(
        horizon=horizon, target=target, cell=cell, hidden_size=hidden_size,
        layers=layers, ensemble=ensemble, seed=seed,
    )  # fmt: skip
    run(source, save, until, parameters, as_json=as_json)


@app.command()
def backtest(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SYMBOL_OR_PATH...", help="Samples or files, one or several."),
    ],
    start: Annotated[
        str | None,
        typer.Option(help="First origin, e.g. 2024-01-01. [default: where the last fifth begins]"),
    ] = None,
    refit: Annotated[
        int | None, typer.Option(help="Bars between two fits. [default: one fit, at the start]")
    ] = None,
    window: Annotated[
        int | None, typer.Option(help="Bars learned from at most. [default: all before]")
    ] = None,
    embargo: Annotated[
        int, typer.Option(help="Bars before a fit's origins that are not learned from.")
    ] = 0,
    rivals: Annotated[str, typer.Option(help="Such as random-walk,ewma,garch; or all.")] = "all",
    fee: Annotated[float, typer.Option(help="Of an order, in basis points.")] = 10.0,
    slippage: Annotated[float, typer.Option(help="Of an order, in basis points.")] = 5.0,
    model: Annotated[
        Path | None, typer.Option(help="Use this saved model, on bars that it has not seen.")
    ] = None,
    forecasts: Annotated[
        Path | None, typer.Option(help="Write every forecast here, as Parquet.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the report here. [default: NAME-backtest.html]")
    ] = None,
    no_html: Annotated[bool, typer.Option("--no-html", help="Write no page.")] = False,
    markdown: Annotated[Path | None, typer.Option(help="Write the report as Markdown.")] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Keep the parts of the run here, to go on from.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that fit. [default: one a core]")
    ] = None,
    as_json: Json = False,
    horizon: Horizon = None,
    target: Target = None,
    cell: Cell = None,
    hidden_size: HiddenSize = None,
    layers: Layers = None,
    ensemble: Ensemble = None,
    seed: Seed = None,
) -> None:
    """Walk forward beside rivals, and judge: skill or none, coverage, money, significance."""
    from foretell.cli.backtest import Request, run

    request = Request(
        sources=tuple(sources), start=start, refit=refit, window=window, embargo=embargo,
        rivals=rivals, fee=fee, slippage=slippage, model=model,
        parameters=_given(
            horizon=horizon, target=target, cell=cell, hidden_size=hidden_size,
            layers=layers, ensemble=ensemble, seed=seed,
        ),
        forecasts=forecasts, html=html, page=html is not None or not (no_html or as_json),
        markdown=markdown, folder=folder, workers=workers, as_json=as_json,
    )  # fmt: skip
    run(request)


@app.command()
def audit(
    source: Source,
    model: Annotated[
        Path | None, typer.Option(help="Audit this saved model and its method.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="End of the training that is audited, e.g. 2024-01-01.")
    ] = None,
    cuts: Annotated[int, typer.Option(help="Instants after which the future is changed.")] = 10,
    save: Annotated[
        Path | None, typer.Option(help="Save the model with its certificate; needs --model.")
    ] = None,
    horizon: Horizon = None,
    as_json: Json = False,
    target: Target = None,
    cell: Cell = None,
    hidden_size: HiddenSize = None,
    layers: Layers = None,
    ensemble: Ensemble = None,
    seed: Seed = None,
) -> None:
    """Look for leaks: change the future, run again, and compare every forecast bit for bit."""
    from foretell.cli.audit import run

    parameters = _given(
        horizon=horizon, target=target, cell=cell, hidden_size=hidden_size,
        layers=layers, ensemble=ensemble, seed=seed,
    )  # fmt: skip
    run(source, model, parameters, {"until": until, "cuts": cuts, "seed": seed or 0}, save, as_json)


@app.command()
def samples(as_json: Json = False) -> None:
    """List the bundled sequences, with their dates and origin."""
    from foretell.cli.samples import run

    run(as_json=as_json)


@app.command()
def ledger(as_json: Json = False) -> None:
    """List every trial so far, with how many each has to be held against."""
    from foretell.cli.ledger import run

    run(as_json=as_json)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def main() -> None:
    """Run the command line."""
    app()
