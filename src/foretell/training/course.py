"""The seam of the training loop: what one network learns, and from what."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Generic, TypeVar

import torch

__all__ = ["Course", "Network"]

Network = TypeVar("Network", bound=torch.nn.Module)
Lesson = TypeVar("Lesson")


class Course(ABC, Generic[Network, Lesson]):
    """A network and how it is taught. The loop knows nothing else about either.

    Parameters
    ----------
    network : Module
        Trained in place.
    noise : int, optional
        Seed of what training draws from PyTorch's one generator, as dropout does; None where it
        draws nothing. Courses that draw are taken one after the other.
    """

    def __init__(self, network: Network, noise: int | None) -> None:
        self.network = network
        self.noise = noise

    @abstractmethod
    def lessons(self) -> Iterator[Lesson]:
        """One pass over the data, a lesson for each gradient step; every pass is drawn anew."""

    @abstractmethod
    def loss(self, lesson: Lesson) -> torch.Tensor:
        """Loss of a lesson, to be differentiated; the network is in training mode."""

    @abstractmethod
    def validate(self) -> float:
        """Mean loss on what no lesson is made of; the network is in evaluation mode."""
