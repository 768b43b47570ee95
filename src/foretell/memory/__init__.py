"""Seeing the memory: gradients over time, the adding problem, gates, and what units follow.

What trains the cells side by side is in `foretell.memory.contest`, which needs PyTorch.
"""

from foretell.memory.findings import LAG, Findings
from foretell.memory.gates import Gates, lengths, read_gates
from foretell.memory.letters import Follower, Lesson, Letters, follow, parted
from foretell.memory.plan import BLIND, SOLVED, Plan
from foretell.memory.wording import NAMES, power, ten_to

__all__ = [
    "BLIND",
    "LAG",
    "NAMES",
    "SOLVED",
    "Findings",
    "Follower",
    "Gates",
    "Lesson",
    "Letters",
    "Plan",
    "follow",
    "lengths",
    "parted",
    "power",
    "read_gates",
    "ten_to",
]
