"""Causal inputs and anchors: left-to-right recursions over bars, and what is fitted on them."""

from foretell.features.anchors import MIRROR, Anchor, blend, prior_quantiles, single
from foretell.features.averages import Average
from foretell.features.candles import RISKMETRICS_DECAY
from foretell.features.centres import drawn
from foretell.features.climatology import Climatology
from foretell.features.effects import fitted_effects
from foretell.features.encoder import Encoded, Encoder, EncoderStream, Layout, Readings, read
from foretell.features.levels import in_logs
from foretell.features.mixtures import Mixture
from foretell.features.paths import Path
from foretell.features.scaling import Standardiser
from foretell.features.seasons import Season
from foretell.features.trends import DampedTrend

__all__ = [
    "MIRROR",
    "RISKMETRICS_DECAY",
    "Anchor",
    "Average",
    "Climatology",
    "DampedTrend",
    "Encoded",
    "Encoder",
    "EncoderStream",
    "Layout",
    "Mixture",
    "Path",
    "Readings",
    "Season",
    "Standardiser",
    "blend",
    "drawn",
    "fitted_effects",
    "in_logs",
    "prior_quantiles",
    "read",
    "single",
]
