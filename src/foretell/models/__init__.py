"""The networks that are trained, in PyTorch."""

from foretell.models.network import Network, network_weights
from foretell.models.stack import Stack, stack_weights

__all__ = ["Network", "Stack", "network_weights", "stack_weights"]
