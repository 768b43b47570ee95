"""What a sequence is: the frame format, its checks, its grid in time."""

from foretell.series.bar import checked_bar
from foretell.series.frame import PRICES, canonical
from foretell.series.frequency import Frequency, stamp
from foretell.series.sequence import Bar, Sequence, fingerprint, instant, sequences

__all__ = [
    "PRICES",
    "Bar",
    "Frequency",
    "Sequence",
    "canonical",
    "checked_bar",
    "fingerprint",
    "instant",
    "sequences",
    "stamp",
]
