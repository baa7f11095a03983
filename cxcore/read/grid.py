"""Child side. What every reader hands on: the first records as lists, the rest as Arrow batches of text.

A batch has one string column a file column, `x0` … `xN`, and `row` (int32), the row's number in the file. Blank cells
are null, and "blank" is decided here, once, for all readers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from cxcore.read.remarks import Remarks

_NULL = pa.scalar(None, pa.string())
HEAD_ROWS = 120  # records the layout is read from


class Grid(Protocol):
    """A file cut into records, nothing said yet about which of them is the header."""

    @property
    def format(self) -> str:
        """ "text" or "xlsx"."""

    @property
    def first(self) -> int:
        """The file's number of the first record in `head`."""

    @property
    def head(self) -> Sequence[Sequence[str | None]]:
        """The first records."""

    @property
    def sums(self) -> frozenset[int]:
        """Rows that hold sums over rows above, by their formulas."""

    def body(self, skip: int, width: int) -> Iterator[pa.RecordBatch]:
        """The records after the first `skip`, as batches `width` columns wide and `row`."""

    def say(self, remarks: Remarks, skip: int, headers: Sequence[str], dropped: set[int]) -> None:
        """What was met while reading; the first `skip` records and `dropped` rows are no data."""


def numbers(first: int, count: int) -> pa.Array:
    """`first`, `first` + 1, … as int32."""
    longest = 1 << max(16, count.bit_length())
    return pc.add(_from_zero(longest).slice(0, count), pa.scalar(first, pa.int32()))


@lru_cache(maxsize=2)
def _from_zero(count: int) -> pa.Array:
    return pa.Array.from_buffers(pa.int32(), count, [None, pa.py_buffer(array("i", range(count)))])


def as_batch(rows: list[list[str]], at: array[int]) -> pa.RecordBatch:
    """Records of equal width as a batch."""
    columns = [empty_to_null(pa.array(column, pa.string())) for column in zip(*rows, strict=True)]
    row = pa.Array.from_buffers(pa.int32(), len(at), [None, pa.py_buffer(at)])
    return pa.RecordBatch.from_arrays([*columns, row], [*(f"x{k}" for k in range(len(columns))), "row"])


def blanks_to_null(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with cells of nothing but white space made null (`empty_to_null` has seen to the empty ones)."""
    columns = [_blank_to_null(batch.column(k)) for k in range(batch.num_columns - 1)]
    return pa.RecordBatch.from_arrays([*columns, batch.column(batch.num_columns - 1)], batch.schema.names)


def empty_to_null(column: pa.Array) -> pa.Array:
    """The column with cells of no character made null."""
    empty = pc.equal(pc.binary_length(column), 0)
    return pc.if_else(empty, _NULL, column) if pc.any(empty).as_py() else column


def _blank_to_null(column: pa.Array) -> pa.Array:
    blank = pc.utf8_is_space(column)
    return pc.if_else(blank, _NULL, column) if pc.any(blank).as_py() else column
