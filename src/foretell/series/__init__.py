"""What a sequence is: the frame format, its checks, its grid in time."""

from foretell.series.bar import checked_bar
from foretell.series.frame import PRICES, SERIES_NAMES, TIME_NAMES, canonical
from foretell.series.frequency import Frequency, stamp
from foretell.series.holidays import Holiday
from foretell.series.sequence import Bar, Sequence, as_frame, fingerprint, instant, sequences
from foretell.series.tables import table
from foretell.series.times import utc

__all__ = [
    "PRICES",
    "SERIES_NAMES",
    "TIME_NAMES",
    "Bar",
    "Frequency",
    "Holiday",
    "Sequence",
    "as_frame",
    "canonical",
    "checked_bar",
    "fingerprint",
    "instant",
    "sequences",
    "stamp",
    "table",
    "utc",
]
