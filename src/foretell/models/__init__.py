"""The networks that are trained, in PyTorch."""

from foretell.models.language import Language, Regularisation, language_weights
from foretell.models.network import Network, network_weights
from foretell.models.stack import Stack, stack_weights

__all__ = [
    "Language",
    "Network",
    "Regularisation",
    "Stack",
    "language_weights",
    "network_weights",
    "stack_weights",
]
