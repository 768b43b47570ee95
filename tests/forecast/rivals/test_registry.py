"""The rivals by name."""

from __future__ import annotations

import numpy as np

from foretell.forecast import RIVALS, rivals, suited


def test_keys_are_fit_for_a_command_line(levels: np.ndarray) -> None:
    assert set(RIVALS) == {
        "random-walk", "drift", "ewma", "garch", "har", "seasonal-naive", "climatology", "ets",
        "theta",
    }  # fmt: skip
    assert len({RIVALS[key](3, levels).name for key in RIVALS}) == len(RIVALS)


def test_a_quick_record_has_two_rivals(levels: np.ndarray) -> None:
    assert [each.name for each in rivals(3, levels)] == ["random walk", "EWMA volatility"]


def test_only_a_climatology_has_nothing_to_say_of_prices() -> None:
    assert suited(priced=False) == list(RIVALS)
    assert set(RIVALS) - set(suited(priced=True)) == {"climatology"}
