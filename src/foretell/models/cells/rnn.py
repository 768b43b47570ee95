"""Elman's network: PyTorch's own, one layer of it."""

from __future__ import annotations

from torch import nn

from foretell.models.cells.builtin import BuiltIn

__all__ = ["RNNCell"]


class RNNCell(BuiltIn):
    """The RNN with tanh; see `foretell.runtime.cells.rnn`."""

    kind = nn.RNN

    def reach(self, steps: int) -> None:  # noqa: ARG002 - it has nothing to set a length with
        """Let the hidden state turn without shrinking: orthogonal weights.

        Saxe, McClelland and Ganguli (ICLR 2014); what is lost is lost to tanh alone.
        """
        nn.init.orthogonal_(self.of_hidden_GU)
