"""Child side. Where a table begins and what its columns are called, for texts and workbooks alike.

One header row is the default. Anything else needs evidence: rows above that hold a title and no table, numbers and
dates below that a second row does not hold, the marks that survey tools leave. A row of data is never eaten to make a
better header.
"""

from __future__ import annotations

import statistics
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cxcore.read import headers as names
from cxcore.read.remarks import Refused, Remarks
from cxcore.read.shapes import Row, distinct, filled, look, shape, usual_look

MAX_COLUMNS = 2_000
LONG_HEADER = 200
_ENOUGH_FOR_A_HEADER = 4  # a title block seldom fills so many cells of one row
_TRANSPOSED_ROWS = 60


@dataclass(frozen=True)
class Layout:
    """`skip` records stand before the data; `headers` and `descriptions` have an entry a column; `block` are the
    header rows as they stand, for finding them again further down."""

    skip: int
    headers: tuple[str, ...]
    descriptions: tuple[str, ...]
    header_rows: int
    block: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        """How many columns the table has."""
        return len(self.headers)


def find(head: Sequence[Row], first: int, remarks: Remarks) -> Layout | None:
    """The layout of a table by its first records (`first` is the number of the first); None if they hold none."""
    rows = [_blank_as_none(row) for row in head]
    counts = [len(filled(row)) for row in rows]
    if not any(counts):
        return None
    width = _width(rows, counts)
    top = _top(counts)
    if _has_no_header(rows, top):
        headers: list[str] = [""] * width
        remarks.add("header_row_missing", rows=[first + top])
        return Layout(top, tuple(headers), tuple(headers), 0, ())
    found = names.read(rows, top)
    headers = _fitted(found.headers, width, rows, found.last)
    descriptions = [text.strip() for text in found.descriptions][:width]
    descriptions += [""] * (width - len(descriptions))
    if found.first > 0 or found.rows > 1:
        at = list(range(first + found.first, first + found.last + 1))
        remarks.add("header_row_detected", count=found.rows, rows=at, row=at[-1])
    block = tuple(tuple(cell or "" for cell in rows[k]) for k in range(found.first, found.last + 1))
    _say_transposed(rows[found.first :], remarks)
    return Layout(found.last + 1, tuple(headers), tuple(descriptions), found.rows, block)


def say_names(headers: Sequence[str], remarks: Remarks) -> None:
    """Remarks on the names themselves: those that stand twice, and those too long to show."""
    times = Counter(unicodedata.normalize("NFC", header) for header in headers if header)
    if long := sum(len(header) > LONG_HEADER for header in headers):
        remarks.add("long_header_truncated", count=long, limit=LONG_HEADER)
    for header, count in times.items():
        if count > 1:
            remarks.add("duplicate_columns", column=header[:LONG_HEADER], count=count)


def _blank_as_none(row: Row) -> list[str | None]:
    return [cell if cell and not cell.isspace() else None for cell in row]


def _width(rows: list[list[str | None]], counts: list[int]) -> int:
    """Columns of the table: the header's, or more where most rows have more."""
    lengths = Counter(len(row) for row, count in zip(rows, counts, strict=True) if count)
    usual = max(lengths, key=lambda length: (lengths[length], length))
    header = len(rows[_top(counts)])
    width = max(header, usual)
    if width > MAX_COLUMNS:
        raise Refused("too_many_columns", count=width, limit=MAX_COLUMNS)
    return width


def _top(counts: list[int]) -> int:
    """The first row of the table: the first one filled enough to name the columns that the rows below fill."""
    usual = statistics.median(count for count in counts if count)
    enough = max(1 if usual < 2 else 2, min(0.5 * usual, _ENOUGH_FOR_A_HEADER))
    candidates = [k for k, count in enumerate(counts) if count >= enough]
    for k in candidates:
        after = k + 1
        # A block of "name, value" lines above the table ends in a blank row and is narrower than what follows it.
        while after < len(counts) and counts[after] and counts[after] <= counts[k]:
            after += 1
        if after < len(counts) - 1 and not counts[after] and counts[k] <= 0.75 * max(counts[after:]):
            continue
        return k
    return next(k for k, count in enumerate(counts) if count)


def _has_no_header(rows: list[list[str | None]], top: int) -> bool:
    """Whether the first row is plainly data: its cells look, column by column, as those of the rows below do."""
    below = rows[top + 1 :]
    first = rows[top]
    cells = [cell for cell in first if cell]
    if len([row for row in below if filled(row)]) < 2 or _is_sequence(cells):
        return False
    alike = typed = 0
    strong = False
    for k, cell in enumerate(first):
        column = [row[k] for row in below if k < len(row) and row[k]]
        if not cell or len(column) < 2:
            continue
        usual = usual_look(column)
        if usual in ("number", "date"):
            typed += 1
            alike += look(cell) == usual
            strong = strong or (usual == "date" and look(cell) == "date")
        elif any(char.isdigit() for char in cell):
            # Ids: T0001 above T0002, T0003.
            same = sum(shape(other or "") == shape(cell) for other in column) >= 0.9 * len(column)
            strong = strong or (same and distinct([cell, *column[:20]]))
    return typed >= 2 and strong and alike == typed


def _is_sequence(cells: Sequence[str]) -> bool:
    """Whether the numbers among the cells are those of a header: years, or 1, 2, 3 …"""
    whole = [int(cell) for cell in cells if cell.strip().isdigit() and len(cell.strip()) <= 4]
    return len(whole) >= 2 and all(b - a == 1 for a, b in pairwise(whole))


def _fitted(headers: Sequence[str], width: int, rows: list[list[str | None]], last: int) -> list[str]:
    """The names with unnamed columns added where the rows are wider than the header.

    R's write.table names one column too few: the first, of row names, has no name. It is told by a first column of
    distinct cells beside a last column that is filled.
    """
    fitted = [_cleaned(header) for header in headers]
    missing = width - len(fitted)
    if missing == 1:
        body = [row for row in rows[last + 1 :] if len(row) == width]
        if body and all(row[-1] for row in body[:20]) and distinct([row[0] for row in body]) and body[0][0]:
            return ["", *fitted]
    return fitted + [""] * missing


def _cleaned(header: str) -> str:
    return header.strip().strip("\ufeff\u200b").strip()


def _say_transposed(rows: list[list[str | None]], remarks: Remarks) -> None:
    """Rows and columns are swapped where each row keeps one look and hardly a column does, ids running across."""
    table = [row for row in rows if filled(row)]
    across = len(table[0]) - 1 if table else 0
    if not 3 <= len(table) <= _TRANSPOSED_ROWS or across < 3 or not distinct([row[0] for row in table]):
        return
    if any(not row[0] or look(row[0]) != "text" for row in table):
        return
    kinds = [usual_look(row[1:51]) for row in table]
    same_down = [
        usual_look([row[k] if k < len(row) else None for row in table[1:]]) for k in range(1, min(across, 50) + 1)
    ]
    mixed = len({kind for kind in kinds if kind}) > 1
    if mixed and sum(kind is not None for kind in kinds) >= 0.8 * len(kinds) and not any(same_down):
        remarks.add("looks_transposed")
