"""One self-contained HTML page: the verdict, the chart, the forecast and its record."""

from __future__ import annotations

from html import escape
from typing import Any

from foretell.forecast import Forecast
from foretell.proof import NO_RECORD, TrackRecord
from foretell.report.figures import skill_by_horizon
from foretell.report.markup import document, embed, table, template, verdict
from foretell.series import stamp

__all__ = ["page"]


def page(
    forecast: Forecast, record: TrackRecord | None, about: dict[str, Any], command: str
) -> str:
    """Write the page.

    Parameters
    ----------
    forecast : Forecast
    record : TrackRecord or None
        None where the model has not been scored; the page then says so.
    about : dict
        `Forecaster.about`.
    command : str
        What reproduces the page.

    Returns
    -------
    str
        HTML that needs nothing from the network.
    """
    names = ", ".join(each.series for each in forecast.outlooks)
    title = f"{names}: the next {forecast.horizon} bars"
    body = template("forecast.html").substitute(
        title=escape(title),
        subtitle=f"From {stamp(forecast.outlooks[0].origin)} UTC, the last bar known.",
        verdict=_verdict(record),
        charts="\n".join(embed(forecast.plot(each.series)) for each in forecast.outlooks),
        forecast=_forecast_table(forecast),
        record=_record_section(record),
        about=table((), _facts(about)),
        command=escape(command),
    )
    return document(title, body)


def _verdict(record: TrackRecord | None) -> str:
    if record is None:
        return verdict(f"No track record: {NO_RECORD}", good=False)
    return verdict(record.sentence, good=record.skilful)


def _record_section(record: TrackRecord | None) -> str:
    if record is None:
        return ""
    return template("record.html").substitute(
        record=_record_table(record),
        skill=embed(skill_by_horizon(record)),
        coverage=_coverage_table(record),
    )


def _forecast_table(forecast: Forecast) -> str:
    bands = {band: forecast.interval(band) for band in (0.5, 0.8, 0.9)}
    rows = [
        (
            series, f"+{step}", stamp(int(time.timestamp())), _number(median),
            *(_range(*bands[band].select("lower", "upper").row(n)) for band in bands),
        )
        for n, (series, step, time, median) in enumerate(
            forecast.to_frame().select("series", "horizon", "time", "q0.5").iter_rows()
        )
    ]  # fmt: skip
    return table(("series", "bar", "time", "median", "50% band", "80% band", "90% band"), rows)


def _record_table(record: TrackRecord) -> str:
    rows = [
        (f"against the {each.rival}", f"{each.skill:+.2%}", each.p) for each in record.comparisons
    ]
    return table(
        (f"{record.origins:,} origins, {record.first} to {record.last}", "skill", "p"), rows
    )


def _coverage_table(record: TrackRecord) -> str:
    rows = [
        (f"{float(band):.0%} band", f"{share:.1%}", *(f"{by[n]:.1%}" for n in _ends(by)))
        for (band, share), by in zip(
            record.coverage.items(), record.coverage_by_horizon.values(), strict=True
        )
    ]
    ends = _ends(next(iter(record.coverage_by_horizon.values())))
    return table(("share of bars inside", "all", *(f"+{n + 1}" for n in ends)), rows)


def _ends(by_horizon: list[float]) -> list[int]:
    """First, middle and last horizon, once each."""
    return sorted({0, len(by_horizon) // 2, len(by_horizon) - 1})


def _facts(about: dict[str, Any]) -> list[tuple[str, str]]:
    data, training, versions = about["data"], about["training"], about["versions"]
    skill = training["validation_skill_over_anchor"]
    return [
        ("anchor", about["anchor"]),
        ("trained on", f"{data['bars']:,} bars, {data['first']} to {data['last']}"),
        ("data SHA-256", data["sha256"][:16] + "..."),
        ("network beyond its anchor, on validation", f"{skill:+.2%}"),
        ("versions", ", ".join(f"{name} {number}" for name, number in versions.items())),
    ]


def _number(value: float) -> str:
    return f"{value:,.6g}"


def _range(lower: float, upper: float) -> str:
    return f"{_number(lower)} to {_number(upper)}"
