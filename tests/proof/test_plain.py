"""Whatever a result holds becomes strict JSON."""

from __future__ import annotations

import json

import numpy as np

from foretell.proof.plain import plain, restored


def test_what_is_not_finite_is_null_at_any_depth() -> None:
    found = plain({"a": [float("nan"), {"b": (np.inf, -np.inf)}], "c": np.array([1.0, np.nan])})
    assert found == {"a": [None, {"b": [None, None]}], "c": [1.0, None]}


def test_numbers_of_numpy_become_python_s() -> None:
    found = plain({"n": np.int64(3), "x": np.float32(0.5), "yes": np.bool_(True), 4: "key"})
    assert found == {"n": 3, "x": 0.5, "yes": True, "4": "key"}
    assert json.dumps(found, allow_nan=False) == '{"n": 3, "x": 0.5, "yes": true, "4": "key"}'


def test_the_rest_stays_as_it_is() -> None:
    kept = {"text": "nan", "none": None, "number": -0.25, "empty": []}
    assert plain(kept) == kept


def test_null_is_nan_again() -> None:
    found = restored({"a": [None, {"b": None}], "c": 1.0})
    assert np.isnan([found["a"][0], found["a"][1]["b"]]).all()
    assert found["c"] == 1.0
