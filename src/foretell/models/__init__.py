"""The networks that are trained, in PyTorch."""

from foretell.models.network import Network, stack

__all__ = ["Network", "stack"]
