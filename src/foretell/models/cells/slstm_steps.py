"""All steps in time of the scalar xLSTM, with their gradient written out.

Autograd's own way through the loop takes more than twice as long. Axes: T time, B batch, U units,
G columns of the weights, which are the gates i, f, z, o; 2 sums, cell and normaliser. Equation
numbers are those of Beck et al. (xLSTM, NeurIPS 2024, arXiv 2405.04517).
"""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd.function import once_differentiable
from torch.nn.functional import logsigmoid

__all__ = ["Recurrence"]


class Recurrence(torch.autograd.Function):
    """From what inputs and bias add to the gates, to hidden states.

    A hidden state does not depend on what the stabiliser is, which cancels in ``c / n``. The
    gradient therefore takes stabilisers for constants, and is exact.
    """

    @staticmethod
    def forward(
        ctx: Any, raw_TBG: torch.Tensor, recurrent_UG: torch.Tensor, *states: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """Hidden states of shape (T, B, U), then the last cell, normaliser and stabiliser.

        `states` are hidden state, cell, normaliser and stabiliser before the first step.
        """
        h, c, n, m = states
        gates, kept = [], [(h, c, n)]
        for raw_BG in raw_TBG:
            i, raw_f, z, o = torch.addmm(raw_BG, h, recurrent_UG).chunk(4, dim=1)
            held = logsigmoid(raw_f) + m  # (13)
            m = torch.maximum(held, i)  # (12), (15)
            i, f = (i - m).exp_(), (held - m).exp_()  # (16), (17)
            z, o = torch.tanh(z), torch.sigmoid(o)  # (11), (14)
            c = torch.addcmul(f * c, i, z)  # (8)
            n = torch.addcmul(i, f, n)  # (9)
            h = (c / n).mul_(o)  # (10)
            gates.append((i, f, raw_f, z, o))
            kept.append((h, c, n))
        gates_5TBU = [torch.stack(each) for each in zip(*gates, strict=True)]
        hidden_TBU, *sums_2TBU = (torch.stack(each) for each in zip(*kept, strict=True))
        ctx.save_for_backward(recurrent_UG, *gates_5TBU, hidden_TBU, *sums_2TBU)
        ctx.mark_non_differentiable(m)
        return hidden_TBU[1:], c, n, m

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """Gradients by what the inputs add, by the recurrent weights, and by the states.

        What a step's gradient needs of that step alone is computed for all steps at once.
        """
        recurrent_UG, i, f, raw_f, z, o, h, c, n = ctx.saved_tensors
        of_hidden_TBU, of_c, of_n, _ = gradients
        by_sums_T2BU = torch.stack([o, -h[1:]], dim=1) / n[1:, None]  # of (10), by c and by n
        by_o = (1.0 - o) * h[1:]
        slope = f * torch.sigmoid(-raw_f)
        by_c = torch.stack([i * z, slope * c[:-1], i * (1.0 - z * z)], dim=1)  # by i, f, z
        by_n = torch.stack([i, slope * n[:-1]], dim=1)  # by i, f
        steps, batch, units = i.shape
        raw_TB4U = i.new_empty(steps, batch, 4, units)
        sums_2BU, hidden_BU = torch.stack([of_c, of_n]), torch.zeros_like(of_c)
        for t in reversed(range(steps)):
            hidden_BU = hidden_BU + of_hidden_TBU[t]
            sums_2BU.addcmul_(by_sums_T2BU[t], hidden_BU)
            gates_4BU = raw_TB4U[t].transpose(0, 1)
            torch.mul(by_c[t], sums_2BU[0], out=gates_4BU[:3])
            gates_4BU[:2].addcmul_(by_n[t], sums_2BU[1])
            torch.mul(by_o[t], hidden_BU, out=gates_4BU[3])
            sums_2BU.mul_(f[t])
            hidden_BU = raw_TB4U[t].flatten(1) @ recurrent_UG.T
        raw_TBG = raw_TB4U.flatten(2)
        by_recurrent_UG = h[:-1].flatten(0, 1).T @ raw_TBG.flatten(0, 1)
        return raw_TBG, by_recurrent_UG, hidden_BU, *sums_2BU, None
