"""Which device and precision training picks."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from foretell.training import precision
from foretell.training.precision import Hardware, detect


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


def pretend_flags(monkeypatch: pytest.MonkeyPatch, flags: str | None) -> None:
    def read_text(path: Path, **_: object) -> str:
        if flags is None:
            raise FileNotFoundError(path)
        return f"flags\t: fpu sse2 {flags} avx\n"

    monkeypatch.setattr(precision.Path, "read_text", read_text)


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize(
    ("flags", "bfloat16"),
    [("avx512_bf16", True), ("amx_bf16", True), ("bf16", True), ("avx2 fma", False), (None, False)],
)
def test_bfloat16_is_used_where_the_processor_multiplies_it(
    monkeypatch: pytest.MonkeyPatch, flags: str | None, bfloat16: bool
) -> None:
    pretend_flags(monkeypatch, flags)
    assert detect() == Hardware(torch.device("cpu"), bfloat16)


@pytest.mark.parametrize("bfloat16", [True, False])
def test_gpu_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch, bfloat16: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bfloat16)
    assert detect() == Hardware(torch.device("cuda"), bfloat16)


@pytest.mark.parametrize(("bfloat16", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_autocast_follows_the_hardware(bfloat16: bool, dtype: torch.dtype) -> None:
    with Hardware(torch.device("cpu"), bfloat16).autocast():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == dtype
