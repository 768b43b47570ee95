"""The command ``foretell``: parse, call, show.

What a command needs is imported when it runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from foretell.errors import ForetellError

__all__ = ["app", "main"]

INTERRUPTED = 130

app = typer.Typer(
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
Horizon = Annotated[int, typer.Option(help="Bars ahead.")]
Target = Annotated[str | None, typer.Option(help="Column to forecast; default: close or value.")]
HiddenSize = Annotated[int, typer.Option(help="Units of the LSTM.")]
Layers = Annotated[int, typer.Option(help="LSTM layers.")]
Ensemble = Annotated[int, typer.Option(help="Networks that are averaged.")]
Seed = Annotated[int, typer.Option(help="Same seed, same weights.")]
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
    hidden_size: HiddenSize = 64,
    layers: Layers = 1,
    ensemble: Ensemble = 3,
    seed: Seed = 0,
) -> None:
    """Forecast the next bars, and show how well this did on bars it had never seen."""
    from foretell.cli.forecast import Request, run

    network = {"hidden_size": hidden_size, "layers": layers, "ensemble": ensemble, "seed": seed}
    request = Request(
        source=source, horizon=horizon, target=target, network=network, model=model, save=save,
        html=html, page=html is not None or not (no_html or as_json), as_json=as_json,
    )  # fmt: skip
    run(request)


@app.command()
def train(
    source: Source,
    save: Annotated[Path, typer.Option(help="File for the model.")],
    until: Annotated[
        str | None, typer.Option(help="Learn nothing from this time on, e.g. 2024-01-01.")
    ] = None,
    horizon: Horizon = 14,
    as_json: Json = False,
    target: Target = None,
    hidden_size: HiddenSize = 64,
    layers: Layers = 1,
    ensemble: Ensemble = 3,
    seed: Seed = 0,
) -> None:
    """Train a model, measure its track record and save both."""
    from foretell.cli.train import run

    network = {"hidden_size": hidden_size, "layers": layers, "ensemble": ensemble, "seed": seed}
    run(source, save, until, {"horizon": horizon, "target": target, **network}, as_json=as_json)


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
    horizon: Horizon = 14,
    as_json: Json = False,
    target: Target = None,
    hidden_size: HiddenSize = 64,
    layers: Layers = 1,
    ensemble: Ensemble = 3,
    seed: Seed = 0,
) -> None:
    """Look for leaks: change the future, run again, and compare every forecast bit for bit."""
    from foretell.cli.audit import run

    network = {"hidden_size": hidden_size, "layers": layers, "ensemble": ensemble, "seed": seed}
    parameters = {"horizon": horizon, "target": target, **network}
    run(source, model, parameters, {"until": until, "cuts": cuts, "seed": seed}, save, as_json)


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


def main() -> None:
    """Run the command line; a mistake ends with a message and an exit code, not a traceback."""
    try:
        app()
    except ForetellError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
