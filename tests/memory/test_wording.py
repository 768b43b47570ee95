"""Figures and names as a reader wants them."""

from __future__ import annotations

import pytest

from foretell.memory.wording import listed, power, share, ten_to


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.062, "0.062"),
        (1.0, "1"),
        (0.001, "0.001"),
        (3.4e-17, "3·10⁻¹⁷"),
        (9.6e-4, "1·10⁻³"),
        (0.0, "0"),
    ],
)
def test_power(value: float, said: str) -> None:
    assert power(value) == said


@pytest.mark.parametrize(("value", "said"), [(0.3061, "30.6%"), (1.9, "all"), (2e-9, "2·10⁻⁹")])
def test_share(value: float, said: str) -> None:
    assert share(value) == said


@pytest.mark.parametrize(("value", "said"), [(4.4e14, "10¹⁴"), (9.99e5, "10⁵"), (1.0, "10⁰")])
def test_ten_to(value: float, said: str) -> None:
    assert ten_to(value) == said


@pytest.mark.parametrize(
    ("names", "said"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_listed(names: list[str], said: str) -> None:
    assert listed(names) == said
