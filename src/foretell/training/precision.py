"""Where to train, and in which precision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

__all__ = ["Hardware", "detect"]

BFLOAT16_FLAGS = ("avx512_bf16", "amx_bf16", " bf16")  # the last is Arm's


@dataclass(frozen=True)
class Hardware:
    """A device, and whether bfloat16 is worth using on it."""

    device: torch.device
    bfloat16: bool

    def autocast(self) -> torch.autocast:
        """Context for the forward pass of training."""
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.bfloat16)


def detect() -> Hardware:
    """Use the GPU where there is one, and bfloat16 where the hardware multiplies it."""
    if torch.cuda.is_available():
        return Hardware(torch.device("cuda"), torch.cuda.is_bf16_supported())
    return Hardware(torch.device("cpu"), _cpu_has_bfloat16())


def _cpu_has_bfloat16() -> bool:
    """Read the processor's flags: emulated bfloat16 is slower than float32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return any(flag in flags for flag in BFLOAT16_FLAGS)
