"""The verdict: what it rests on, whom it names, and what it says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.errors import UsageError
from foretell.proof import Verdict, holm

GOOD = {"0.5": 0.505, "0.8": 0.793, "0.9": 0.886}
EIGHT = [(f"rival {place}", 0.05 + place / 100, 0.0001) for place in range(7)]
RESULTS = st.lists(
    st.tuples(st.sampled_from("ABCDEF"), st.floats(-0.5, 0.5), st.floats(0.0, 1.0)),
    min_size=1,
    max_size=9,
)


def judged(results: list[tuple[str, float, float]], **changes: Any) -> Verdict:
    given_ = {"origins": 849, "first": "2024-01-01", "last": "2026-04-28", "horizon": 14}
    return Verdict.of(results, **{"coverage": GOOD} | given_ | changes)


def test_skill_is_said_with_its_figures() -> None:
    verdict = judged([*EIGHT, ("GJR-GARCH-t", 0.0083, 0.012)])
    assert str(verdict) == (
        "Skill: beat GJR-GARCH-t, the best of 8 rivals, by 0.8% (Holm-adjusted p = 0.012 over 8 "
        "comparisons), on 849 origins from 2024-01-01 to 2026-04-28, 1 to 14 bars ahead; the 50% "
        "band held 50.5%, the 80% band held 79.3% and the 90% band held 88.6%, within 2 points."
    )
    assert verdict.skill
    assert (verdict.against, verdict.comparisons) == ("GJR-GARCH-t", 8)
    assert verdict.p_value == pytest.approx(0.012)


def test_one_rival_left_is_no_skill() -> None:
    verdict = judged([("random walk", 0.03, 0.0004), ("GARCH", 0.004, 0.21), ("drift", 0.03, 0.03)])
    assert not verdict.skill
    assert (verdict.against, verdict.p_value) == ("GARCH", 0.21)
    assert str(verdict).startswith(
        "No skill shown: beat GARCH, the best of 3 rivals, by 0.4% (Holm-adjusted p = 0.21 over 3 "
        "comparisons, which may be chance), on 849 origins"
    )
    assert "; it beat random walk by more than chance;" in str(verdict)  # drift: 2 * 0.03


def test_a_rival_that_is_better() -> None:
    verdict = judged([("random walk", -0.013, 0.93), ("drift", 0.2, 0.0)])
    assert "did not beat random walk, the best of 2 rivals (-1.3%, Holm" in str(verdict)


def test_nothing_beaten() -> None:
    sentence = str(judged([("random walk", -0.01, 0.9), ("drift", 0.01, 0.4)]))
    assert "it beat no rival by more than chance" in sentence


def test_one_rival_needs_no_adjustment() -> None:
    verdict = judged([("random walk", -0.002, 0.41)], horizon=1)
    assert str(verdict).startswith(
        "No skill shown: did not beat random walk, the only rival (-0.2%, p = 0.41), on 849 "
        "origins from 2024-01-01 to 2026-04-28, 1 bar ahead; the 50% band"
    )


def test_the_hardest_to_beat_need_not_be_the_best() -> None:
    verdict = judged([("steady", 0.01, 0.0001), ("erratic", 0.02, 0.03)])
    assert verdict.skill
    assert "beat erratic, the hardest to beat of 2 rivals, by 2.0%" in str(verdict)


def test_a_single_small_p_among_many_is_not_enough() -> None:
    """Each p below 0.05 alone, and still no skill: eight were tried."""
    verdict = judged([(f"rival {place}", 0.01, 0.04) for place in range(8)])
    assert not verdict.skill
    assert verdict.p_value == pytest.approx(0.32)


def test_a_small_p_with_a_larger_loss_is_no_skill() -> None:
    assert not judged([("random walk", -0.01, 0.001)]).skill
    assert not judged([("random walk", 0.0, 0.001)]).skill
    verdict = judged([("beaten", 0.02, 0.03), ("better", -0.01, 0.001)])
    assert verdict.against == "better"  # it decides, though its p is the smaller


def test_a_band_outside_its_tolerance_is_said() -> None:
    sentence = str(judged(EIGHT, coverage=GOOD | {"0.9": 0.84}))
    assert "the 90% band held 84.0%: the 90% band is off by more than 2 points." in sentence
    sentence = str(judged(EIGHT, coverage=GOOD | {"0.5": 0.56, "0.9": 0.84}))
    assert "the 50% and 90% bands are off by more than 2 points." in sentence


@given(st.floats(0.0, 1.0), st.floats(0.005, 0.1))
def test_no_band_outside_its_tolerance_goes_unsaid(held: float, tolerance: float) -> None:
    sentence = str(judged(EIGHT, coverage={"0.8": held}, tolerance=tolerance))
    if abs(held - 0.8) > tolerance + 1e-6:
        assert "off by more than" in sentence
    elif abs(held - 0.8) < tolerance - 1e-6:
        assert "off by more than" not in sentence


def test_exactly_at_its_tolerance_a_band_is_within() -> None:
    assert "off by" not in str(judged(EIGHT, coverage={"0.8": 0.78, "0.9": 0.92}))


def test_coverage_that_is_not_known_is_not_within() -> None:
    assert "off by" in str(judged(EIGHT, coverage={"0.8": float("nan")}))


@given(RESULTS)
def test_skill_needs_every_rival_beaten(results: list[tuple[str, float, float]]) -> None:
    verdict = judged(results)
    adjusted = holm([p for _, _, p in results])
    expected = all(s > 0.0 and p < 0.05 for (_, s, _), p in zip(results, adjusted, strict=True))
    assert verdict.skill is expected
    assert str(verdict).startswith("Skill: " if expected else "No skill shown: ")
    assert verdict.against in str(verdict)
    assert not expected or verdict.p_value == max(adjusted)
    assert re.search(r"the (best|hardest to beat) of|the only rival", str(verdict))


@given(RESULTS, st.randoms())
def test_the_order_of_the_rivals_does_not_matter(
    results: list[tuple[str, float, float]], random: Any
) -> None:
    shuffled = results.copy()
    random.shuffle(shuffled)
    one, other = judged(results), judged(shuffled)
    assert (one.skill, one.p_value) == (other.skill, other.p_value)


@given(RESULTS)
def test_a_verdict_survives_json(results: list[tuple[str, float, float]]) -> None:
    verdict = judged(results)
    written = json.loads(json.dumps(verdict.to_dict()))
    assert Verdict.from_dict(written) == verdict
    assert written["sentence"] == str(verdict)
    assert written["skill"] is verdict.skill
    assert written["comparisons"] == len(results)


def test_a_verdict_without_rivals_is_refused() -> None:
    with pytest.raises(UsageError, match="no rival was given; a verdict needs at least one"):
        judged([])
