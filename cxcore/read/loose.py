"""Child side. A grid of records that a reader has in memory as lists: JSON, ODS, HTML tables."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import pyarrow as pa

from cxcore.read.grid import HEAD_ROWS, as_batch
from cxcore.read.layout import LONG_HEADER, MAX_COLUMNS
from cxcore.read.remarks import Refused, Remarks, Tally

MAX_ROWS = 2_000_000
MAX_CELLS = 50_000_000
_BATCH_ROWS = 10_000

Cell = str | None


class Loose:
    """Records as lists of text, numbered from 1, with what was met in which cell."""

    first = 1
    sums: frozenset[int] = frozenset()

    def __init__(self, name: str, rows: Sequence[Sequence[Cell]]) -> None:
        self._name = name
        self._rows = rows
        self.head: Sequence[Sequence[Cell]] = rows[:HEAD_ROWS]
        self.met: dict[str, list[tuple[int, int]]] = {}  # code → (column, row) of each cell there is a thing to say of

    @property
    def format(self) -> str:
        """The reader's own name."""
        return self._name

    def meet(self, code: str, column: int, row: int) -> None:
        """A cell there is something to say of; columns count from 0, rows from 1."""
        self.met.setdefault(code, []).append((column, row))

    def body(self, skip: int, width: int) -> Iterator[pa.RecordBatch]:
        """The rows after the first `skip`."""
        for start in range(skip, len(self._rows), _BATCH_ROWS):
            some = self._rows[start : start + _BATCH_ROWS]
            rows = [[cell or "" for cell in row[:width]] + [""] * (width - len(row)) for row in some]
            yield as_batch(rows, array("i", range(start + 1, start + 1 + len(rows))))

    def say(self, remarks: Remarks, skip: int, headers: Sequence[str], dropped: set[int]) -> None:
        """What was met among the data, column by column."""
        for code, places in self.met.items():
            tallies: dict[int, Tally] = {}
            for column, row in places:
                if row > skip and row not in dropped and column < len(headers):
                    tallies.setdefault(column, Tally()).at(row)
            for column in sorted(tallies):
                remarks.tally(code, tallies[column], column=headers[column][:LONG_HEADER])
        wide = Tally()
        for place in range(skip, len(self._rows)):
            if any(cell for cell in self._rows[place][len(headers) :]):
                wide.at(place + 1)
        remarks.tally("ragged_rows", wide)


def refuse_size(rows: int, columns: int, cells: int) -> None:
    """Refuses a table before it is unrolled into more cells than can be held."""
    if rows > MAX_ROWS or cells > MAX_CELLS:
        raise Refused("too_many_cells", limit=MAX_CELLS)
    if columns > MAX_COLUMNS:
        raise Refused("too_many_columns", count=columns, limit=MAX_COLUMNS)
