"""Child side. Times of day and durations of a workbook as HH:MM:SS, where the reader of cells gives days long past.

A spreadsheet keeps 26:15:00 as 1.09375 days. The reader makes a date of it, 1900-01-01 02:15:00, and only the cell's
number format tells a duration from a day in 1900.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from cxcore.read.sheetxml import Times

_DAY_ZERO = "1899-12-31 "
_DAY_TWICE = "1900-02-28 "  # what the reader makes of day 59 and of day 60, the 29th that only Excel has
# Up to ten years as hours elapsed; up to one as a time of day that runs on.
_TEN_YEARS = {False: r"^(1899-12|190\d-\d\d)-\d\d ", True: r"^(1903-12|190[4-9]-\d\d|191[0-3]-\d\d)-\d\d "}
_ONE_YEAR = {False: r"^(1899-12|1900-\d\d)-\d\d ", True: r"^(1903-12|1904-\d\d)-\d\d "}

Look = Callable[[frozenset[int], bool], Times]


def mended(columns: list[pa.Array], left: int, is_1904: bool, look: Look) -> list[pa.Array]:
    """The columns with times as times; `left` is the number of the first column in the sheet.

    The day before 1 January 1900 is no day: only its time is meant, whatever the cell's format. For later days
    `look(columns, whether day 60 matters)` goes and finds which columns are shown as times.
    """
    if not is_1904:
        columns = [_without_day(column) for column in columns]
    early = [_matching(column, _TEN_YEARS[is_1904]) for column in columns]
    asked = frozenset(left + k for k, found in enumerate(early) if pc.any(found).as_py())
    if not asked:
        return columns
    twice = any(pc.any(pc.starts_with(columns[k - left], _DAY_TWICE)).as_py() for k in asked)
    times = look(asked, twice and not is_1904)
    for k, column in enumerate(columns):
        if left + k in times.elapsed:
            found = early[k]
        elif left + k in times.of_day:
            found = _matching(column, _ONE_YEAR[is_1904])
        else:
            continue
        late = {row - 1 for at, row in times.sixtieth if at == left + k}
        places = pc.indices_nonzero(found)
        texts = zip(column.take(places).to_pylist(), places.to_pylist(), strict=True)
        times_of_cells = [_as_time(text, is_1904, days_more=at in late) for text, at in texts]
        columns[k] = pc.replace_with_mask(column, found, pa.array(times_of_cells, pa.string()))
    return columns


def _matching(column: pa.Array, pattern: str) -> pa.Array:
    """Which cells match; most columns are spared the expression by a look at their first letters."""
    found = pc.or_(pc.starts_with(column, "19"), pc.starts_with(column, "1899-12-"))
    return pc.and_(found, pc.match_substring_regex(column, pattern)) if pc.any(found).as_py() else found


def _without_day(column: pa.Array) -> pa.Array:
    zero = pc.starts_with(column, _DAY_ZERO)
    return pc.if_else(zero, pc.utf8_slice_codeunits(column, len(_DAY_ZERO)), column) if pc.any(zero).as_py() else column


def _as_time(text: str, is_1904: bool, *, days_more: int) -> str:
    """The time since day 0, as the workbook counts days: 1900-01-01 02:30:00 is 26:30:00."""
    moment = datetime.fromisoformat(text)
    if is_1904:
        since = moment - datetime(1904, 1, 1)
    else:
        since = moment - (datetime(1899, 12, 31) if moment < datetime(1900, 3, 1) else datetime(1899, 12, 30))
    since += timedelta(days=days_more)
    sign = "-" if since < timedelta(0) else ""
    since = abs(since)
    minutes, seconds = divmod(since.days * 86_400 + since.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{since.microseconds:06d}".rstrip("0") if since.microseconds else ""
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"
