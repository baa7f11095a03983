"""Child side. Which other sheets of a workbook have the columns of the one that was read: its months, most often."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cxcore.read import layout as layouts
from cxcore.read.layout import Layout
from cxcore.read.remarks import Remarks

SHARED = 0.6  # of the columns of the wider of two sheets: so many have the same name
MOST_SHEETS = 40  # looked at

Head = Callable[[str], tuple[Sequence[Sequence[str | None]], int]]


def shared(one: Sequence[str], two: Sequence[str]) -> float:
    """The share of the wider table's columns whose names, but for case and spaces, stand in the other too."""
    first, second = ({" ".join(name.split()).casefold() for name in names if name.strip()} for names in (one, two))
    return len(first & second) / max(len(first), len(second), 1)


def say_alike(chosen: str, layout: Layout, others: Sequence[str], head: Head, remarks: Remarks) -> None:
    """Says which of the other sheets, whose first rows `head` gives, could be read as one table with the chosen one."""
    found = []
    for name in others[:MOST_SHEETS]:
        rows, first = head(name)
        other = layouts.find(rows, first, Remarks()) if rows else None
        if other is not None and shared(layout.headers, other.headers) >= SHARED:
            found.append(name)
    if found:
        remarks.add("sheets_alike", count=len(found), sheets=[chosen, *found])
