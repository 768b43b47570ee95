"""Cross entropy over a sample of the categories, where there are many.

Axes: N steps, U units, V categories, C candidates, the categories in the sample.

With ten thousand categories most of a gradient step is the readout. Here only candidates are read
out: every category that comes next somewhere in the batch, and some drawn at random. The sum over
all categories, by which the softmax divides, is estimated from them as one estimates a total from
a survey: what was included with probability pi counts 1 / pi times (Horvitz and Thompson, JASA
1952). Bengio and Senecal (AISTATS 2003) train language models by such estimates, and Jean et al.
(ACL 2015) with candidates that a whole batch shares. Validation and scores use all categories.
"""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy, linear

__all__ = ["Candidates"]


class Candidates:
    """Draws candidates, and scores against them.

    Parameters
    ----------
    count_V : Tensor of int, shape (V,)
        How often each category occurs in the training text. Categories are drawn as often, with
        replacement.
    draws : int
        For each batch.
    """

    def __init__(self, count_V: torch.Tensor, draws: int) -> None:
        self._share_V = count_V.double() / count_V.sum()
        self._draws = draws

    def nats(
        self,
        seen_NU: torch.Tensor,
        weight_VU: torch.Tensor,
        bias_V: torch.Tensor,
        next_N: torch.Tensor,
    ) -> torch.Tensor:
        """Mean nats of what came next, about as much as over all categories."""
        candidate_C = self._candidates(next_N)
        rarity_C = self._log_inclusion(len(next_N))[candidate_C]
        logits_NC = linear(seen_NU, weight_VU[candidate_C], bias_V[candidate_C] - rarity_C).float()
        place_N = torch.searchsorted(candidate_C, next_N)
        # What came next is a candidate for certain: its own term counts once.
        certain_N = rarity_C[place_N]
        logits_NC = logits_NC.scatter_add(1, place_N[:, None], certain_N[:, None])
        return cross_entropy(logits_NC, place_N)

    def _candidates(self, next_N: torch.Tensor) -> torch.Tensor:
        """Different categories, in order."""
        drawn_D = torch.multinomial(self._share_V, self._draws, replacement=True)
        candidate_C: torch.Tensor = torch.unique(torch.cat([next_N, drawn_D]))
        return candidate_C

    def _log_inclusion(self, steps: int) -> torch.Tensor:
        """Log of the probability to be among as many words of the text and the draws."""
        missed_V = (1.0 - self._share_V) ** (steps + self._draws)
        return torch.log1p(-missed_V).float()
