"""Model files: whole, in one step, and refused when anything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from safetensors import safe_open
from safetensors.numpy import load, save

from foretell import Forecaster
from foretell.errors import ModelFileError, UsageError
from foretell.forecast.files import read_model


@pytest.fixture(scope="module")
def data(fitted: Forecaster, candles: pl.DataFrame, tmp_path_factory: Any) -> bytes:
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    fitted.predict(candles)
    fitted.save(path)
    return path.read_bytes()


def card(data: bytes, folder: Path) -> dict[str, Any]:
    (folder / "whole.safetensors").write_bytes(data)
    with safe_open(folder / "whole.safetensors", framework="numpy") as file:
        return json.loads(file.metadata()["foretell"])


def written(folder: Path, data: bytes) -> Path:
    (folder / "changed.safetensors").write_bytes(data)
    return folder / "changed.safetensors"


def repacked(tensors: dict[str, np.ndarray], about: Any) -> bytes:
    return save(tensors, metadata={"foretell": json.dumps(about)})


def test_file_holds_tensors_and_json_alone(data: bytes, tmp_path: Path) -> None:
    found = card(data, tmp_path)
    assert found["format"] == "foretell-model-4"
    assert found["live"] == ["SIM"]
    assert found["layout"]["horizon"] == 3
    assert {"network/head.weight", "anchor/scale", "levels", "live/0/encoder"} <= set(load(data))
    assert b"pickle" not in data


def test_what_is_read_is_what_was_written(data: bytes, tmp_path: Path, fitted: Forecaster) -> None:
    stored = read_model(written(tmp_path, data))
    engine = fitted._engine
    assert stored.engine.encoder.layout == engine.encoder.layout
    assert stored.engine.encoder.anchor.name == engine.encoder.anchor.name
    for name, tensor in engine.weights.items():
        assert np.array_equal(stored.engine.weights[name], tensor)
    assert stored.parameters["hidden_size"] == 8
    assert stored.about == fitted.about


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no model file .*absent.*; train one"):
        read_model(tmp_path / "absent.safetensors")


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.01, 0.5, 0.999])
def test_truncated_file_is_refused(share: float, data: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, data[: int(share * len(data))])
    with pytest.raises(
        ModelFileError, match=r"changed\.safetensors'.* is damaged .*; save it again"
    ):
        read_model(path)


@pytest.mark.parametrize(
    "junk", [b"", b"PK\x03\x04" + bytes(200), b"time,close\n1,2\n" * 99, bytes(1_000), b"\xff" * 64]
)
def test_other_file_is_refused(junk: bytes, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError):
        read_model(written(tmp_path, junk))


def test_longer_file_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError):
        read_model(written(tmp_path, data + b"more"))


@pytest.mark.parametrize("place", [8, 60, 200])
def test_damaged_header_is_refused(place: int, data: bytes, tmp_path: Path) -> None:
    damaged = bytearray(data)
    damaged[place : place + 8] = b"\x00" * 8
    with pytest.raises(ModelFileError):
        read_model(written(tmp_path, bytes(damaged)))


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {"format": "pt"},
        {"foretell": "{}"},
        {"foretell": "not JSON"},
        {"foretell": '{"format": "foretell-model-0"}'},
        {"foretell": '{"format": "foretell-model-2"}'},
        {"foretell": '{"format": "foretell-model-4"}'},
        {"foretell": "[]"},
        {"foretell": "null"},
    ],
)
def test_foreign_safetensors_is_refused(metadata: Any, tmp_path: Path) -> None:
    foreign = save({"weight": np.zeros(3)}, metadata=metadata)
    with pytest.raises(ModelFileError):
        read_model(written(tmp_path, foreign))


@pytest.mark.parametrize(
    "name",
    ["anchor/scale", "anchor/toward", "levels", "inputs/mean", "inputs/spread",
     "network/head.weight", "live/0/encoder", "live/0/network", "live/0/time", "live/0/values",
     "live/0/frequency"],
)  # fmt: skip
def test_file_without_one_of_its_tensors_is_refused(name: str, data: bytes, tmp_path: Path) -> None:
    tensors = load(data)
    del tensors[name]
    path = written(tmp_path, repacked(tensors, card(data, tmp_path)))
    with pytest.raises(ModelFileError, match="again"):
        read_model(path)


@pytest.mark.parametrize("name", ["lstm.0.weight", "lstm.0.bias", "head.weight", "head.prior"])
def test_file_without_a_tensor_of_its_network_is_refused(
    name: str, data: bytes, tmp_path: Path
) -> None:
    tensors = {key: part for key, part in load(data).items() if not key.startswith("live/")}
    del tensors[f"network/{name}"]
    path = written(tmp_path, repacked(tensors, card(data, tmp_path) | {"live": []}))
    with pytest.raises(ModelFileError, match="again"):
        read_model(path)


@pytest.mark.parametrize(
    "name",
    ["network/head.weight", "inputs/mean", "anchor/scale", "live/0/network", "live/0/time",
     "live/0/values"],
)  # fmt: skip
def test_file_with_a_tensor_of_another_shape_is_refused(
    name: str, data: bytes, tmp_path: Path
) -> None:
    tensors = load(data)
    tensors[name] = np.ascontiguousarray(tensors[name][..., :-1])
    path = written(tmp_path, repacked(tensors, card(data, tmp_path)))
    with pytest.raises(ModelFileError):
        read_model(path)


@pytest.mark.parametrize("name", ["anchor/scale", "anchor/toward", "anchor/pull"])
def test_anchor_that_belongs_to_another_reader_is_refused(
    name: str, fitted_values: Forecaster, tmp_path: Path
) -> None:
    path = tmp_path / "values.st"
    fitted_values.save(path)
    whole = path.read_bytes()
    tensors = load(whole)
    assert tensors[name].size
    tensors[name] = np.ascontiguousarray(tensors[name][:, :-1])
    with pytest.raises(ModelFileError):
        read_model(written(tmp_path, repacked(tensors, card(whole, tmp_path))))


def test_effects_of_more_columns_than_there_are_are_refused(
    fitted_covered: Forecaster, tmp_path: Path
) -> None:
    path = tmp_path / "covered.st"
    fitted_covered.save(path)
    whole = path.read_bytes()
    tensors = load(whole)
    assert len(tensors["effects"]) == 1
    tensors["effects"] = np.array([5.0, 1.0])
    with pytest.raises(ModelFileError, match="2 effects of 1 columns"):
        read_model(written(tmp_path, repacked(tensors, card(whole, tmp_path))))


@pytest.mark.parametrize("name", ["network/lstm.0.bias", "network/head.prior", "inputs/mean"])
def test_a_tensor_that_is_missing_is_named_with_one_remedy(
    name: str, data: bytes, tmp_path: Path
) -> None:
    tensors = load(data)
    del tensors[name]
    with pytest.raises(ModelFileError, match=name.removeprefix("network/")) as refused:
        read_model(written(tmp_path, repacked(tensors, card(data, tmp_path))))
    assert str(refused.value).endswith("; save the model again")
    assert str(refused.value).count("again") == 1


@pytest.mark.parametrize("part", ["parameters", "layout", "anchor", "live", "about"])
def test_file_without_a_part_of_its_card_is_refused(part: str, data: bytes, tmp_path: Path) -> None:
    rest = {key: value for key, value in card(data, tmp_path).items() if key != part}
    with pytest.raises(ModelFileError, match=f"lacks '{part}'; save the model again"):
        read_model(written(tmp_path, repacked(load(data), rest)))


DAMAGE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "columns of numbers": lambda found: found["layout"].update(columns=[1, 2]),
    "live in words": lambda found: found.update(live="SIM"),
    "parameters in a list": lambda found: found.update(parameters=[3]),
    "no last bar": lambda found: found["about"]["data"].pop("last"),
    "last bar at no time": lambda found: found["about"]["data"].update(last="soon"),
    "bars in words": lambda found: found["about"]["data"].update(bars="many"),
    "no passes": lambda found: found["about"]["training"].update(passes=[]),
    "skill in words": lambda found: found["about"]["training"].update(
        validation_skill_over_anchor="much"
    ),
    "no versions": lambda found: found["about"].update(versions=None),
    "step of nothing": lambda found: found["about"].update(frequency="0d"),
    "calendar of nothing": lambda found: found["calendars"]["usual"].update(seconds=0),
    "no calendar": lambda found: found.pop("calendars"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_card_is_refused(name: str, data: bytes, tmp_path: Path) -> None:
    found = card(data, tmp_path)
    DAMAGE[name](found)
    with pytest.raises(ModelFileError, match="save the model again"):
        read_model(written(tmp_path, repacked(load(data), found)))


@pytest.mark.parametrize(
    "change",
    [lambda found: found["parameters"].pop("quantiles"),
     lambda found: found["parameters"].update(colour="red"),
     lambda found: found["parameters"].update(horizon=4),
     lambda found: found["parameters"].update(seed=-1)],
    ids=["parameter missing", "parameter unknown", "another horizon", "parameter that cannot be"],
)  # fmt: skip
def test_model_with_other_parameters_is_refused(
    change: Callable[[dict[str, Any]], None], data: bytes, tmp_path: Path
) -> None:
    found = card(data, tmp_path)
    change(found)
    with pytest.raises(ModelFileError):
        Forecaster.load(written(tmp_path, repacked(load(data), found)))


def test_writing_replaces_a_file_and_leaves_nothing_beside_it(
    fitted: Forecaster, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")
    fitted.save(path)
    assert read_model(path).engine.weights.keys() == fitted._engine.weights.keys()
    assert [each.name for each in tmp_path.iterdir()] == ["model.safetensors"]


def test_failed_writing_leaves_the_old_file(
    fitted: Forecaster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(UsageError, match=r"cannot write .*: No space left on device; choose"):
        fitted.save(path)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["model.safetensors"]


def test_place_that_does_not_exist_is_refused(fitted: Forecaster, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot write .*; choose another place"):
        fitted.save(tmp_path / "absent" / "model.safetensors")


def test_folder_is_no_place_for_a_model(fitted: Forecaster, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        fitted.save(tmp_path)
