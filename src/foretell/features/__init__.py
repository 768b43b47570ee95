"""Causal inputs and anchors: left-to-right recursions over bars, and what is fitted on them."""

from foretell.features.anchors import Anchor, blend, prior_quantiles, single
from foretell.features.averages import Average
from foretell.features.candles import RISKMETRICS_DECAY
from foretell.features.centres import decaying, drawn
from foretell.features.encoder import Encoded, Encoder, EncoderStream, Layout, Readings, read
from foretell.features.scaling import Standardiser

__all__ = [
    "RISKMETRICS_DECAY",
    "Anchor",
    "Average",
    "Encoded",
    "Encoder",
    "EncoderStream",
    "Layout",
    "Readings",
    "Standardiser",
    "blend",
    "decaying",
    "drawn",
    "prior_quantiles",
    "read",
    "single",
]
