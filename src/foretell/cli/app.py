"""The command ``foretell``: its options, and where each is carried out.

What a command needs is imported when it runs, so that ``--help`` answers at once. An option that
was not given is None, and the defaults are those of `foretell.Forecaster`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from foretell.cli.ending import Commands
from foretell.cli.market_options import Market, Place, market_options
from foretell.cli.network_options import network_options
from foretell.cli.store.app import app as store_app
from foretell.cli.text.app import app as text_app

__all__ = ["app", "main"]

app = typer.Typer(
    cls=Commands,
    name="foretell",
    help="Forecast prices and other sequences as distributions, each with its track record.",
    epilog="Exit codes: 0 good, 1 failure, 2 usage, 3 leak found, 4 store, 5 bad data, "
    "6 exchange, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(text_app)
app.add_typer(store_app)

Source = Annotated[
    str,
    typer.Argument(
        metavar="SYMBOL_OR_PATH",
        help="A bundled sample, a CSV or Parquet file, or a stored symbol.",
    ),
]
Exchange = Annotated[str, typer.Option(help="Of ccxt's, such as kraken.")]
Timeframe = Annotated[str, typer.Option(help="Such as 1m, 4h, 1d.")]
BaseUrl = Annotated[
    str | None, typer.Option(help="Ask this mirror, test network or proxy instead.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command()
@market_options
@network_options
def forecast(
    parameters: dict[str, Any],
    market: Market,
    source: Source,
    model: Annotated[
        Path | None, typer.Option(help="Use this saved model instead of training one.")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Save the model to this file.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the page here. [default: NAME-forecast.html]")
    ] = None,
    no_html: Annotated[bool, typer.Option("--no-html", help="Write no page.")] = False,
    as_json: Json = False,
) -> None:
    """Forecast the next bars, and show how well this did on bars it had never seen."""
    from foretell.cli.forecast import Request, run

    request = Request(
        source=source, market=market, model=model, save=save, html=html,
        page=html is not None or not (no_html or as_json), as_json=as_json,
        parameters=parameters,
    )  # fmt: skip
    run(request)


@app.command()
def fetch(
    symbols: Annotated[
        list[str], typer.Argument(metavar="SYMBOL...", help="Such as BTC/USDT; one or several.")
    ],
    exchange: Exchange = "binance",
    timeframe: Timeframe = "1h",
    since: Annotated[
        str | None,
        typer.Option(help="From this time on. [default: the first candle stored, or there is]"),
    ] = None,
    until: Annotated[str | None, typer.Option(help="Before this time. [default: now]")] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Fetch again what is stored, to see revisions.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be fetched, and fetch nothing.")
    ] = False,
    base_url: BaseUrl = None,
    store: Place = None,
    as_json: Json = False,
) -> None:
    """Fetch candles from an exchange into the store: closed ones that are missing there."""
    from foretell.cli.fetch import Request, run

    request = Request(
        symbols=tuple(symbols), exchange=exchange, timeframe=timeframe, since=since, until=until,
        refresh=refresh, base_url=base_url, store=store,
    )  # fmt: skip
    run(request, dry_run=dry_run, as_json=as_json)


@app.command()
@network_options
def watch(
    parameters: dict[str, Any],
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as BTC/USDT.")],
    model: Annotated[
        Path | None, typer.Option(help="A saved model. [default: one is trained, and kept]")
    ] = None,
    exchange: Exchange = "binance",
    timeframe: Timeframe = "1h",
    since: Annotated[
        str | None, typer.Option(help="Fetch from this time on, where nothing is stored yet.")
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(help="File of the record. [default: in the user's data folder]")
    ] = None,
    bars: Annotated[int | None, typer.Option(min=1, help="End after so many bars.")] = None,
    base_url: BaseUrl = None,
    store: Place = None,
    as_json: Json = False,
) -> None:
    """Forecast from every bar as it closes, and keep a record of how the forecasts do."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # over a bar, more cost more than they bring
    from foretell.cli.watch import Request, run

    request = Request(
        symbol=symbol, exchange=exchange, timeframe=timeframe, since=since, model=model,
        ledger=ledger, store=store, base_url=base_url, bars=bars, as_json=as_json,
        parameters=parameters,
    )  # fmt: skip
    run(request)


@app.command()
def record(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[verify] [SYMBOL]...",
            help="By default all that was watched. With `verify`, make the forecasts again.",
        ),
    ] = None,
    exchange: Annotated[str | None, typer.Option(help="Only of this one.")] = None,
    timeframe: Annotated[str | None, typer.Option(help="Only of this step.")] = None,
    ledger: Annotated[Path | None, typer.Option(help="This file alone.")] = None,
    model: Annotated[
        Path | None, typer.Option(help="To verify with. [default: that which `watch` has kept]")
    ] = None,
    head: Annotated[
        str | None, typer.Option(help="To verify: a hash that was kept; a line has to have it.")
    ] = None,
    store: Place = None,
    as_json: Json = False,
) -> None:
    """Show how live forecasts did beside the backtest, or verify that nothing was changed."""
    from foretell.cli.record import Request, run

    given = words or []
    verify = given[:1] == ["verify"]
    request = Request(
        symbols=tuple(given[1:] if verify else given), exchange=exchange, timeframe=timeframe,
        ledger=ledger, model=model, head=head, store=store, as_json=as_json,
    )  # fmt: skip
    run(request, verify=verify)


@app.command()
@market_options
@network_options
def train(
    parameters: dict[str, Any],
    market: Market,
    source: Source,
    save: Annotated[Path, typer.Option(help="File for the model.")],
    until: Annotated[
        str | None, typer.Option(help="Learn nothing from this time on, e.g. 2024-01-01.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a model, measure its track record and save both."""
    from foretell.cli.train import run

    run(source, market, save, until, parameters, as_json=as_json)


@app.command()
@market_options
@network_options
def backtest(
    parameters: dict[str, Any],
    market: Market,
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SYMBOL_OR_PATH...", help="Samples, files or stored symbols, one or several."
        ),
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
) -> None:
    """Walk forward beside rivals, and judge: skill or none, coverage, money, significance."""
    from foretell.cli.backtest import Request, run

    request = Request(
        sources=tuple(sources), market=market, start=start, refit=refit, window=window,
        embargo=embargo, rivals=rivals, fee=fee, slippage=slippage, model=model,
        parameters=parameters,
        forecasts=forecasts, html=html, page=html is not None or not (no_html or as_json),
        markdown=markdown, folder=folder, workers=workers, as_json=as_json,
    )  # fmt: skip
    run(request)


@app.command()
@market_options
@network_options
def audit(
    parameters: dict[str, Any],
    market: Market,
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
    as_json: Json = False,
) -> None:
    """Look for leaks: change the future, run again, and compare every forecast bit for bit."""
    from foretell.cli.audit import run

    run(
        source,
        market,
        model,
        parameters,
        {"until": until, "cuts": cuts, "seed": parameters.get("seed", 0)},
        save,
        as_json,
    )


@app.command()
@market_options
@network_options
def memory(
    parameters: dict[str, Any],
    market: Market,
    source: Annotated[
        str,
        typer.Argument(
            metavar="[SYMBOL_OR_PATH]",
            help="A bundled sample, a CSV or Parquet file, or a stored symbol.",
        ),
    ] = "BTC-USD",
    model: Annotated[
        Path | None, typer.Option(help="Look at this saved model instead of training one.")
    ] = None,
    text: Annotated[
        Path | None, typer.Option(help="Text to learn from. [default: Python's own help]")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the page here. [default: NAME-memory.html]")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Measure less, in seconds.")] = False,
    as_json: Json = False,
) -> None:
    """Make a page that shows what an LSTM remembers, and what a simple network forgets."""
    from foretell.cli.memory import Request, run

    run(Request(source, market, model, text, html, quick, as_json, parameters))


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
    """Run the command line."""
    app()
