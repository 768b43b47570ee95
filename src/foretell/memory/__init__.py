"""Seeing the memory: gradients over time, the adding problem, gates, and what units follow."""

from foretell.memory.gates import Gates, lengths, read_gates
from foretell.memory.letters import Follower, Lesson, Letters, letters

__all__ = ["Follower", "Gates", "Lesson", "Letters", "lengths", "letters", "read_gates"]
