"""A whole backtest: its forecasts, scores, verdict, and what it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster
from foretell.errors import ShortHistory, UsageError
from foretell.forecast import Rival
from foretell.proof import Backtest, Costs, Ledger, backtest, diebold_mariano
from foretell.series import Sequence, sequences

PLAIN = ("random-walk", "ewma")


class Oracle(Rival):
    """Knows what comes; nobody beats it. A rival that peeks can be written, alas."""

    name = "oracle"

    def forecast(self, row: Sequence, first: int) -> np.ndarray:
        level_T = np.log(row.target_T)
        ahead = np.minimum(
            np.arange(first, len(row))[:, None] + np.arange(1, self.horizon + 1), len(row) - 1
        )
        spread_K = np.linspace(-1e-4, 1e-4, len(self.levels_K))
        q_THK: np.ndarray = level_T[ahead][..., None] + spread_K
        return q_THK


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return Ledger(tmp_path_factory.mktemp("ledger") / "ledger.jsonl")


@pytest.fixture(scope="module")
def start(history: pl.DataFrame) -> Any:
    return history["time"][150]


@pytest.fixture(scope="module")
def result(history: pl.DataFrame, small: dict[str, Any], start: Any, ledger: Ledger) -> Backtest:
    model = Forecaster(**small, calibrate=True)
    return backtest(model, history, start, refit=45, rivals=PLAIN, ledger=ledger)


# -- forecasts ---------------------------------------------------------------------------------


def test_every_bar_from_the_start_is_an_origin(
    result: Backtest, history: pl.DataFrame, start: Any
) -> None:
    frame = result.forecasts
    assert frame["origin"].unique().sort().to_list() == history["time"][150:].to_list()
    assert frame["horizon"].unique().to_list() == [1, 2, 3]
    assert frame["origin"][0] == start


def test_forecasts_are_those_of_predict(
    result: Backtest, history: pl.DataFrame, small: dict[str, Any], start: Any
) -> None:
    model = Forecaster(**small, calibrate=True).fit(history, until=start)
    expected = model.predict(history[:160]).to_frame()
    found = result.forecasts.filter(origin=history["time"][159])
    assert found.columns == [*expected.columns, "actual"]
    assert found.select(expected.columns[:4]).equals(expected.select(expected.columns[:4]))
    for name in expected.columns[4:]:
        assert found[name].to_list() == pytest.approx(expected[name].to_list(), rel=1e-12)


def test_what_came_stands_beside_what_was_said(result: Backtest, history: pl.DataFrame) -> None:
    closes = dict(zip(history["time"], history["close"], strict=True))
    for time, actual in result.forecasts.select("time", "actual").iter_rows():
        assert actual == (pytest.approx(closes[time]) if time in closes else None)
    assert result.forecasts["actual"].null_count() == 1 + 2 + 3


# -- scores ------------------------------------------------------------------------------------


def test_scores_are_those_of_the_forecasts(result: Backtest) -> None:
    """By another way: from the table of forecasts, in logs of prices."""
    frame = result.forecasts.drop_nulls("actual")
    y = np.log(frame["actual"].to_numpy())
    levels = result.levels_K
    q = np.log(frame.select([c for c in frame.columns if c.startswith("q0")]).to_numpy())
    loss = np.maximum(levels * (y[:, None] - q), (levels - 1) * (y[:, None] - q)).mean(axis=1)
    by_horizon = [float(loss[frame["horizon"].to_numpy() == h].mean()) for h in (1, 2, 3)]
    assert result.own.board.by_horizon["pinball"] == pytest.approx(by_horizon)
    inside = (frame["q0.1"] <= frame["actual"]) & (frame["actual"] <= frame["q0.9"])
    first = frame["horizon"] == 1
    assert result.own.board.by_horizon["coverage_0.8"][0] == inside.filter(first).mean()


def test_scores_have_a_row_a_score_horizon_and_entrant(result: Backtest) -> None:
    scores = result.scores
    assert scores["entrant"].unique(maintain_order=True).to_list() == [
        "foretell", "random walk", "EWMA volatility",
    ]  # fmt: skip
    assert scores.filter(score="pinball", entrant="foretell").height == 4
    own = scores.filter(entrant="foretell", score="pinball", horizon=2)["value"].item()
    rival = scores.filter(entrant="random walk", score="pinball", horizon=2)
    assert rival["skill"].item() == pytest.approx(1.0 - own / rival["value"].item())
    assert (
        scores.filter(entrant="foretell")["skill"].null_count()
        == scores.filter(entrant="foretell").height
    )


def test_the_verdict_rests_on_these_losses(result: Backtest) -> None:
    own = result.own
    for entry, rival in zip(result.rivals, result.verdict.rivals, strict=True):
        p = diebold_mariano(own.loss_T, entry.loss_T, result.horizon).p_value
        assert (rival.name, rival.p_value) == (entry.name, p)
    assert result.verdict.comparisons == 2
    assert result.verdict.origins == 87  # of 90 bars the last three have not all targets
    assert str(result.verdict).startswith(("Skill:", "No skill shown:"))


def test_coverage_before_calibration_is_kept(result: Backtest) -> None:
    assert result.own.raw_coverage is not None
    assert result.own.raw_coverage != {
        band: result.own.board.by_horizon[f"coverage_{band}"] for band in ("0.5", "0.8", "0.9")
    }


def test_nobody_beats_the_one_who_knows(
    history: pl.DataFrame, small: dict[str, Any], start: Any, ledger: Ledger
) -> None:
    model = Forecaster(**small)
    oracle = Oracle(3, np.array(model.quantiles))
    found = backtest(model, history, start, rivals=["random-walk", oracle], ledger=ledger)
    assert not found.verdict.skill
    assert found.verdict.against == "oracle"
    assert found.best is not None
    assert found.best.names == ["oracle"]


# -- what there is -----------------------------------------------------------------------------


def test_json_holds_all_figures(result: Backtest) -> None:
    told = json.loads(json.dumps(result.to_dict(), default=str))
    assert told["verdict"]["sentence"] == str(result.verdict)
    assert [each["name"] for each in told["entrants"]] == [e.name for e in result.entries]
    assert len(told["settings"]["folds"]) == 2


def test_trading_is_counted_in_the_ledger(
    history: pl.DataFrame, small: dict[str, Any], start: Any, tmp_path: Path
) -> None:
    own = Ledger(tmp_path / "own.jsonl")
    arguments = {"rivals": ["random-walk"], "ledger": own}
    first = backtest(Forecaster(**small), history, start, **arguments)
    assert first.money is not None
    rules = len(first.money.tradings)
    assert first.money.deflated.trials == rules
    again = backtest(Forecaster(**small), history, start, **arguments)
    assert again.money is not None
    assert again.money.deflated.trials == rules  # the same once more is no new trial
    other = backtest(Forecaster(**small | {"hidden_size": 4}), history, start, **arguments)
    assert other.money is not None
    assert other.money.deflated.trials == 2 * rules
    dearer = backtest(Forecaster(**small), history, start, costs=Costs(fee=50.0), **arguments)
    assert dearer.money is not None
    assert dearer.money.deflated.trials == 3 * rules
    assert dearer.money.tradings[0].strategy.total_return < (
        first.money.tradings[0].strategy.total_return
    )


def test_a_ledger_that_cannot_be_written_loses_nothing(
    history: pl.DataFrame, small: dict[str, Any], start: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    broken = Ledger(tmp_path / "file" / "ledger.jsonl")
    found = backtest(Forecaster(**small), history, start, rivals=["random-walk"], ledger=broken)
    assert found.money is not None
    assert not found.money.counted
    assert "not counted" in found.money.sentence


def test_values_are_scored_and_not_traded(
    values: pl.DataFrame, small: dict[str, Any], ledger: Ledger
) -> None:
    found = backtest(Forecaster(**small), values, values["time"][160], rivals=PLAIN, ledger=ledger)
    assert found.money is None
    assert found.forecasts["actual"].drop_nulls().is_in(values["value"].to_list()).all()


def test_series_may_begin_later(
    uneven: pl.DataFrame, small: dict[str, Any], ledger: Ledger
) -> None:
    begin = sequences(uneven)[0].time_T[150]
    found = backtest(Forecaster(**small), uneven, int(begin), refit=30, rivals=PLAIN, ledger=ledger)
    counts = dict(found.forecasts.group_by("series").len().iter_rows())
    assert counts["LONG"] == 90 * 3
    assert 0 < counts["LATE"] < 90 * 3


def test_a_window_and_an_embargo_make_other_forecasts(
    result: Backtest, history: pl.DataFrame, small: dict[str, Any], start: Any, ledger: Ledger
) -> None:
    for extra in ({"window": 130}, {"embargo": 10}):
        other = backtest(
            Forecaster(**small, calibrate=True), history, start, refit=45, rivals=PLAIN,
            ledger=ledger, **extra,
        )  # fmt: skip
        assert not other.forecasts.equals(result.forecasts)
        assert other.forecasts.select("origin").equals(result.forecasts.select("origin"))


def test_without_the_library_of_the_confidence_set_the_rest_stands(
    history: pl.DataFrame, small: dict[str, Any], start: Any, ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "arch.bootstrap", None)
    found = backtest(Forecaster(**small), history, start, rivals=PLAIN, ledger=ledger)
    assert found.best is None
    assert found.verdict.comparisons == 2
    assert any("arch" in note for note in found.notes)


# -- what is refused ---------------------------------------------------------------------------


def test_a_model_that_saw_the_test_is_refused(
    history: pl.DataFrame, small: dict[str, Any], start: Any
) -> None:
    model = Forecaster(**small).fit(history)
    with pytest.raises(UsageError, match="was trained on bars up to"):
        backtest(model, history, start, rivals=PLAIN)


def test_a_model_that_did_not_is_used_as_it_is(
    history: pl.DataFrame, small: dict[str, Any], start: Any, ledger: Ledger
) -> None:
    model = Forecaster(**small).fit(history, until=start)
    found = backtest(model, history, start, rivals=PLAIN, ledger=ledger)
    (trace,) = model.trace(sequences(history), int(start.timestamp()))
    np.testing.assert_array_equal(found.traces[0].q_THK, trace.q_THK)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"rivals": ["oracle"]}, "no rival 'oracle'; choose from random-walk"),
        ({"rivals": []}, "no rivals"),
        ({"refit": 0}, "refit is 0"),
        ({"window": 0}, "window is 0"),
        ({"rivals": ["ewma", "ewma"]}, "two rivals are called 'EWMA volatility'"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    history: pl.DataFrame, small: dict[str, Any], start: Any, arguments: Any, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        backtest(Forecaster(**small), history, start, **{"rivals": PLAIN} | arguments)


def test_too_few_origins_are_refused(
    history: pl.DataFrame, small: dict[str, Any], ledger: Ledger
) -> None:
    with pytest.raises(ShortHistory, match="a verdict needs 30"):
        backtest(Forecaster(**small), history, history["time"][-20], rivals=PLAIN, ledger=ledger)


def test_series_that_end_early_are_scored_as_far_as_they_go(
    history: pl.DataFrame, small: dict[str, Any], start: Any, ledger: Ledger
) -> None:
    """One has a single origin: nothing can be traded, and far horizons are never known."""
    short = history.head(151).with_columns(series=pl.lit("SHORT"))
    frame = pl.concat([history, short])
    found = backtest(Forecaster(**small), frame, start, rivals=PLAIN, ledger=ledger)
    assert np.isfinite(list(found.own.board.overall.values())).all()
    assert "nan" not in str(found.verdict)
    json.dumps(found.to_dict(), allow_nan=False, default=str)


def test_another_fitted_model_is_another_run(
    history: pl.DataFrame, small: dict[str, Any], start: Any, ledger: Ledger, tmp_path: Path
) -> None:
    one, other = (Forecaster(**small | {"seed": seed}).fit(history, until=start) for seed in (0, 1))
    arguments: dict[str, Any] = {"rivals": PLAIN, "ledger": ledger, "folder": tmp_path / "run"}
    backtest(one, history, start, **arguments)
    with pytest.raises(UsageError, match="holds another run"):
        backtest(other, history, start, **arguments)


def test_a_folder_keeps_the_parts(
    history: pl.DataFrame, small: dict[str, Any], start: Any, tmp_path: Path, ledger: Ledger
) -> None:
    told: list[tuple[int, int]] = []
    arguments: dict[str, Any] = {
        "rivals": PLAIN, "ledger": ledger, "folder": tmp_path / "run",
        "report": lambda done, of: told.append((done, of)),
    }  # fmt: skip
    first = backtest(Forecaster(**small), history, start, **arguments)
    assert told[-1] == (3, 3)
    told.clear()
    again = backtest(Forecaster(**small), history, start, **arguments)
    assert told == []
    assert again.forecasts.equals(first.forecasts)
