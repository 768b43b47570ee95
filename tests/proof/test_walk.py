"""A walk is the same whoever runs it, in whatever order, and however often it is broken off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster
from foretell.errors import ShortHistory, UsageError
from foretell.forecast import DEFAULT_LEVELS, RIVALS, Rival
from foretell.forecast import rivals as plain_rivals
from foretell.proof import InOrder, Task
from foretell.proof.entrants import Contestant, entrant
from foretell.proof.folds import folds
from foretell.proof.walk import Plan, gather, notes, walk
from foretell.series import Sequence as Series
from foretell.series import sequences

LEVELS = np.array(DEFAULT_LEVELS)


class Stops:
    """Runs some tasks and is then struck by lightning."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.done: list[str] = []

    def run(self, tasks: Sequence[Task]) -> Iterator[str]:
        for task in tasks:
            if len(self.done) == self.after:
                raise KeyboardInterrupt
            task()
            self.done.append(task.id)
            yield task.id


class Backwards:
    def run(self, tasks: Sequence[Task]) -> Iterator[str]:
        return InOrder().run(tasks[::-1])


@pytest.fixture(scope="module")
def plan(uneven: pl.DataFrame, small: dict[str, Any]) -> Plan:
    rows = sequences(uneven)
    start = int(rows[0].time_T[150])
    model = Forecaster(**small, calibrate=True)
    others = [Contestant(each) for each in plain_rivals(3, LEVELS)]
    return Plan(
        tuple(rows),
        tuple(folds(rows, start, 40)),
        (entrant(model, start, 40, Path()), *others),
        3,
        len(LEVELS),
    )


@pytest.fixture(scope="module")
def walked(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("walk")
    walk(plan, folder, InOrder())
    return folder


def parts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "parts").iterdir())}


def test_every_entrant_has_the_same_origins(plan: Plan, walked: Path) -> None:
    shapes = [
        [(t.sequence.name, t.first, t.q_THK.shape) for t in gather(plan, walked, number)]
        for number in range(len(plan.entrants))
    ]
    assert shapes[0] == shapes[1] == shapes[2]
    assert shapes[0][0] == ("LONG", 150, (90, 3, len(LEVELS)))
    name, first, shape = shapes[0][1]
    assert name == "LATE"
    assert first + shape[0] == 190  # from the first fold that it is long enough for, to its end


def test_a_fold_is_forecast_by_a_model_trained_before_it(
    plan: Plan, walked: Path, uneven: pl.DataFrame, small: dict[str, Any]
) -> None:
    fold = plan.folds[1]
    seed = small.get("seed", 0) + fold.number
    model = Forecaster(**small, seed=seed, calibrate=True).fit(uneven, until=fold.until)
    expected = model.trace(sequences(uneven), fold.start)[0].q_THK
    trace = gather(plan, walked, 0)[0]
    begin = len(trace.sequence.before(fold.start)) - trace.first
    end = len(trace.sequence.before(fold.end)) - trace.first
    np.testing.assert_array_equal(trace.q_THK[begin:end], expected[: end - begin])


def test_order_does_not_matter(plan: Plan, walked: Path, tmp_path: Path) -> None:
    walk(plan, tmp_path, Backwards())
    assert parts(tmp_path) == parts(walked)


@pytest.mark.parametrize("after", [0, 1, 4])
def test_what_was_broken_off_goes_on(plan: Plan, walked: Path, tmp_path: Path, after: int) -> None:
    first = Stops(after)
    with pytest.raises(KeyboardInterrupt):
        walk(plan, tmp_path, first)
    second = Stops(99)
    told: list[tuple[int, int]] = []
    walk(plan, tmp_path, second, lambda done, of: told.append((done, of)))
    assert not set(first.done) & set(second.done)
    assert parts(tmp_path) == parts(walked)
    assert told[0] == (after + 1, len(parts(walked)))
    assert told[-1] == (len(parts(walked)),) * 2


def test_a_half_written_part_is_not_taken_for_one(plan: Plan, walked: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        walk(plan, tmp_path, Stops(2))
    name = sorted(parts(walked))[2]
    (tmp_path / "parts" / f".{name}.123.part").write_bytes(parts(walked)[name][:50])
    walk(plan, tmp_path, InOrder())
    for number in range(3):
        for one, other in zip(
            gather(plan, tmp_path, number), gather(plan, walked, number), strict=True
        ):
            np.testing.assert_array_equal(one.q_THK, other.q_THK)


def test_another_plan_is_refused(plan: Plan, walked: Path) -> None:
    with pytest.raises(UsageError, match="holds another run"):
        walk(replace(plan, folds=plan.folds[:1]), walked, InOrder())


def test_later_bars_change_no_earlier_fold(plan: Plan, walked: Path, tmp_path: Path) -> None:
    """Not even where the whole walk is done anew on another future."""
    end = plan.folds[0].end
    rows = tuple(_with_another_future(row, end) for row in plan.rows)
    walk(replace(plan, rows=rows), tmp_path, InOrder())
    before, after = parts(walked), parts(tmp_path)
    first = [name for name in before if name.startswith("0000")]
    assert all(before[name] == after[name] for name in first)
    assert any(before[name] != after[name] for name in before if name not in first)


def _with_another_future(row: Series, end: int) -> Series:
    later = row.time_T >= end
    return replace(row, value_TC=np.where(later[:, None], row.value_TC * 1.5, row.value_TC))


class Stumbling(Rival):
    name = "stumbling"

    def forecast(self, row: Series, first: int) -> np.ndarray:
        self._fall_back(row, "it fell", "something stands in")
        level_T = np.log(row.target_T)[first:]
        return level_T[:, None, None] + np.zeros((1, self.horizon, len(self.levels_K)))


def test_what_a_rival_could_not_do_is_noted(plan: Plan, tmp_path: Path) -> None:
    alone = replace(plan, entrants=(Contestant(Stumbling(3, LEVELS)),), rows=plan.rows[:1])
    walk(alone, tmp_path, InOrder())
    times = len(plan.folds)
    (note,) = notes(alone, tmp_path)
    said = "stumbling, series 'LONG': it fell; something stands in instead"
    assert note == f"{said} (in {times} of {times} folds)"


def test_series_that_are_all_too_short_are_refused(plan: Plan, tmp_path: Path) -> None:
    short = replace(plan, rows=tuple(row.tail(100) for row in plan.rows))
    with pytest.raises(ShortHistory, match="no series has the 123 bars"):
        walk(short, tmp_path, InOrder())


def test_every_bundled_rival_can_be_named() -> None:
    assert all(RIVALS[key](3, LEVELS).name for key in RIVALS)


class Wrong(Rival):
    """Says what is no distribution."""

    name = "wrong"

    def __init__(self, fault: str) -> None:
        super().__init__(3, LEVELS)
        self.fault = fault

    def forecast(self, row: Series, first: int) -> np.ndarray:
        q_THK = np.zeros((len(row) - first, 3, len(LEVELS)))
        if self.fault == "shape":
            return q_THK[:, :2]
        if self.fault == "levels":
            return q_THK[..., :3]
        q_THK[0, 0, 0] = {"nan": np.nan, "crossing": 1.0}[self.fault]
        return q_THK


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("shape", "array of shape"),
        ("levels", "array of shape"),
        ("nan", "not finite"),
        ("crossing", "that cross"),
    ],
)
def test_what_is_no_distribution_is_refused(
    plan: Plan, tmp_path: Path, fault: str, says: str
) -> None:
    alone = replace(plan, entrants=(Contestant(Wrong(fault)),))
    with pytest.raises(UsageError, match=f"wrong forecast .*{says}"):
        walk(alone, tmp_path, InOrder())


def test_a_rival_with_other_parameters_is_another_plan(plan: Plan) -> None:
    one, other = (replace(plan, entrants=(Contestant(Wrong(f)),)) for f in ("nan", "shape"))
    assert one.describe() != other.describe()


def test_half_a_training_is_no_result(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C keeps the best weights of a fit; a leg made with them would not be the same again."""
    whole = Forecaster.fit

    def interrupted(self: Forecaster, *args: Any, **options: Any) -> Forecaster:
        whole(self, *args, **options)
        self.about["training"]["end"] = "interrupted"
        return self

    monkeypatch.setattr(Forecaster, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        walk(plan, tmp_path, InOrder())
    assert not (tmp_path / "parts" / "0000-00.safetensors").exists()


def test_a_series_that_has_ended_is_learned_from(plan: Plan, tmp_path: Path) -> None:
    """Else what is learned from would hang on who is still there later."""
    long, late = plan.rows
    ended = replace(long.head(149), name="ENDED")
    walk(replace(plan, rows=(long, late, ended)), tmp_path, InOrder())
    walk(replace(plan, rows=(long, late)), tmp_path / "without", InOrder())
    found = gather(replace(plan, rows=(long, late, ended)), tmp_path, 0)
    without = gather(replace(plan, rows=(long, late)), tmp_path / "without", 0)
    assert [trace.sequence.name for trace in found] == ["LONG", "LATE"]
    assert (found[0].q_THK != without[0].q_THK).any()
