"""What a sequence is: the frame format, its checks, its grid in time."""

from foretell.series.ahead import NOTHING, Ahead, Coming
from foretell.series.bar import announced_row, checked_bar, row_within
from foretell.series.calendars import Calendars
from foretell.series.extra import INPUT, KNOWN, Extra, own_columns, plain, with_role
from foretell.series.frame import PRICES, SERIES_NAMES, TIME_NAMES, canonical, possible
from foretell.series.frequency import Frequency, stamp
from foretell.series.grid import frequency, holes, on_grid_from, runs, stamps
from foretell.series.holidays import Holiday
from foretell.series.sequence import Bar, Sequence, as_frame, fingerprint, instant, sequences
from foretell.series.tables import table
from foretell.series.times import utc

__all__ = [
    "INPUT",
    "KNOWN",
    "NOTHING",
    "PRICES",
    "SERIES_NAMES",
    "TIME_NAMES",
    "Ahead",
    "Bar",
    "Calendars",
    "Coming",
    "Extra",
    "Frequency",
    "Holiday",
    "Sequence",
    "announced_row",
    "as_frame",
    "canonical",
    "checked_bar",
    "fingerprint",
    "frequency",
    "holes",
    "instant",
    "on_grid_from",
    "own_columns",
    "plain",
    "possible",
    "row_within",
    "runs",
    "sequences",
    "stamp",
    "stamps",
    "table",
    "utc",
    "with_role",
]
