"""The commands ``foretell store ...``: their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from foretell.cli.market_options import Place

__all__ = ["app"]

app = typer.Typer(
    name="store",
    help="Candles that were fetched or imported: list, check, take out, bring in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Exchange = Annotated[str, typer.Option(help="Exchange, such as binance.")]
OneExchange = Annotated[str | None, typer.Option(help="Of this exchange only.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
AsOf = Annotated[str | None, typer.Option(help="As it was known at this time.")]


@app.command("list")
def list_(place: Place = None, as_json: Json = False) -> None:
    """List the series, with their bars, dates, gaps and size."""
    from foretell.cli.store.commands import list_series

    list_series(place, as_json=as_json)


@app.command()
def gaps(
    exchange: OneExchange = None,
    symbol: Annotated[str | None, typer.Option(help="Of this symbol only.")] = None,
    timeframe: Annotated[str | None, typer.Option(help="Of this timeframe only.")] = None,
    as_of: AsOf = None,
    place: Place = None,
    as_json: Json = False,
) -> None:
    """List the bars that were looked for and not found."""
    from foretell.cli.store.commands import list_gaps

    list_gaps(place, (exchange, symbol, timeframe), as_of, as_json=as_json)


@app.command()
def verify(place: Place = None, as_json: Json = False) -> None:
    """Hold every file against its checksum; exit code 4 if one is damaged or missing."""
    from foretell.cli.store.commands import verify as run

    run(place, as_json=as_json)


@app.command()
def compact(place: Place = None, as_json: Json = False) -> None:
    """Bring every series into as few files as it fits in; no row is lost."""
    from foretell.cli.store.commands import compact as run

    run(place, as_json=as_json)


@app.command()
def export(
    symbol: Annotated[str, typer.Argument(help="Symbol, such as BTC/USDT.")],
    exchange: Exchange,
    timeframe: Annotated[str, typer.Option(help="Such as 1h.")],
    out: Annotated[Path, typer.Option(help="File to write, .csv or .parquet.")],
    since: Annotated[str | None, typer.Option(help="From this time on.")] = None,
    until: Annotated[str | None, typer.Option(help="Before this time.")] = None,
    as_of: AsOf = None,
    place: Place = None,
    as_json: Json = False,
) -> None:
    """Write the candles of a symbol to a file."""
    from foretell.cli.store.commands import export as run

    run(place, (exchange, symbol, timeframe), out, (since, until, as_of), as_json=as_json)


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="CSV, Parquet, freqtrade feather or JSON, Binance archives."
        ),
    ],
    exchange: Exchange,
    timeframe: Annotated[
        str | None, typer.Option(help="Such as 1h. [default: by the file's name, or its bars]")
    ] = None,
    symbol: Annotated[
        str | None, typer.Option(help="Of files without symbols. [default: by the file's name]")
    ] = None,
    place: Place = None,
    as_json: Json = False,
) -> None:
    """Store the candles of files; holes in them are recorded as gaps."""
    from foretell.cli.store.commands import import_files

    import_files(place, files, exchange, timeframe, symbol, as_json=as_json)
