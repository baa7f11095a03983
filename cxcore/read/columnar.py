"""Child side. Parquet → a grid of records, each type written out as the text that says it exactly.

Whole numbers without ".0", dates and times as ISO, instants in UTC. Structures become columns `a.b`, lists one text;
columns of bytes are left out and named. What the file says of itself is checked before and after it is believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from cxcore.read.grid import HEAD_ROWS, empty_to_null, numbers
from cxcore.read.layout import MAX_COLUMNS, Layout
from cxcore.read.remarks import Refused, Remarks

MAX_ROWS = 20_000_000
_BATCH_ROWS = 10_000
_MAX_DEPTH = 16


class Columnar:
    """A Parquet file read in batches; the header counts as row 1, as it would in a spreadsheet."""

    format = "parquet"
    first = 1
    sums: frozenset[int] = frozenset()

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._file = parquet.ParquetFile(file)
            rows, schema = self._file.metadata.num_rows, self._file.schema_arrow
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Refused("damaged_file") from error
        if self._file.metadata.num_columns > MAX_COLUMNS:
            raise Refused("too_many_columns", count=self._file.metadata.num_columns, limit=MAX_COLUMNS)
        if rows > MAX_ROWS:
            raise Refused("too_many_rows", limit=MAX_ROWS)
        if rows < 0:
            raise Refused("damaged_file")
        self._rows = rows
        leaves = [leaf for field in schema for leaf in _leaves(field, field.name, 0)]
        self.nested = sum(nested for _, _, nested in leaves)
        self.unread = [name for name, kind, _ in leaves if _is_bytes(kind)]
        self.headers = tuple(name for name, kind, _ in leaves if not _is_bytes(kind))
        if not rows or not self.headers:
            raise Refused("no_rows")
        self._batches = self._texts()
        self._ahead = next(self._batches, None)
        if self._ahead is None:
            raise Refused("damaged_file")
        head = self._ahead.slice(0, HEAD_ROWS)
        columns = [column.to_pylist() for column in head.columns]
        self.head: Sequence[Sequence[str | None]] = [self.headers, *zip(*columns, strict=True)]

    def body(self, skip: int, width: int) -> Iterator[pa.RecordBatch]:
        """All rows: only the names stand before the first."""
        names = [*(f"x{k}" for k in range(width)), "row"]
        at = skip + 1
        batch = self._ahead
        while batch is not None:
            yield pa.RecordBatch.from_arrays([*batch.columns, numbers(at, batch.num_rows)], names)
            at += batch.num_rows
            batch = next(self._batches, None)
        if at - skip - 1 != self._rows:
            raise Refused("damaged_file")

    def say(self, remarks: Remarks, skip: int, headers: Sequence[str], dropped: set[int]) -> None:  # noqa: ARG002
        """Columns that became several or none."""
        if self.nested:
            remarks.add("nested_values_flattened", count=self.nested)
        if self.unread:
            remarks.add("unsupported_columns_dropped", count=len(self.unread))

    def _texts(self) -> Iterator[pa.RecordBatch]:
        seen = 0
        try:
            for batch in self._file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
                seen += batch.num_rows
                if seen > MAX_ROWS:
                    raise Refused("too_many_rows", limit=MAX_ROWS)
                batch.validate(full=True)
                columns = [text for array in batch.columns for text in _written(array)]
                yield pa.RecordBatch.from_arrays(columns, [f"x{k}" for k in range(len(columns))])
        except (pa.ArrowMemoryError, MemoryError):
            raise
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            raise Refused("damaged_file") from error


def open_parquet(file: BinaryIO) -> tuple[Columnar, Layout]:
    """The file and its columns' names. Refuses `damaged_file`, `no_rows`, `too_many_rows`, `too_many_columns`."""
    # A buffer of our own: the parent's descriptor is shared, and pyarrow would read it from several places.
    grid = Columnar(BytesIO(file.read()))
    empty = ("",) * len(grid.headers)
    return grid, Layout(1, grid.headers, empty, 1, ())


def _is_bytes(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind))


def _leaves(field: Any, name: str, depth: int) -> Iterator[tuple[str, pa.DataType, bool]]:
    """The columns a field becomes, with their types and whether they came from inside another."""
    kind = field.type
    if depth > _MAX_DEPTH:
        raise Refused("too_deep", limit=_MAX_DEPTH)
    if pa.types.is_struct(kind) and kind.num_fields:
        for k in range(kind.num_fields):
            for leaf, inner, _ in _leaves(kind.field(k), f"{name}.{kind.field(k).name}", depth + 1):
                yield leaf, inner, True
    else:
        yield name, kind, bool(pa.types.is_nested(kind))


def _written(array: pa.Array) -> Iterator[pa.Array]:
    """A column as text: none for bytes, several for a structure."""
    kind = array.type
    if pa.types.is_struct(kind) and kind.num_fields:
        for child in array.flatten():
            yield from _written(child)
    elif not _is_bytes(kind):
        yield empty_to_null(_text(array))


def _text(array: pa.Array) -> pa.Array:
    kind, types = array.type, pa.types
    if types.is_dictionary(kind):
        return _text(array.dictionary_decode())
    if types.is_floating(kind):
        return _floats(array)
    if types.is_timestamp(kind):
        plain = array.cast(pa.timestamp(kind.unit)) if kind.tz else array
        text = _short(plain.cast(pa.string()))
        return pc.binary_join_element_wise(text, "+00:00", "") if kind.tz else text
    if types.is_time(kind):
        return _short(array.cast(pa.string()))
    if types.is_duration(kind):
        return pa.array([None if value is None else _clock(value) for value in _seconds(array)], pa.string())
    if types.is_nested(kind):
        return pa.array([_joined(value) for value in array.to_pylist()], pa.string())
    return array.cast(pa.string())


def _floats(array: pa.Array) -> pa.Array:
    """Numbers; a column of whole ones, which a blank cell makes a float in many programs, without ".0"."""
    # Told one by one: a NaN is no number and so a blank cell.
    real = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    text = real.cast(pa.string())
    return pc.replace_substring_regex(text, r"^(-?\d+)\.0+$", r"\1")


def _short(text: pa.Array) -> pa.Array:
    """Times without the zeros after the last digit of a second's fraction."""
    return pc.replace_substring_regex(pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1"), r"\.$", "")


def _seconds(array: pa.Array) -> list[float | None]:
    scale = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[array.type.unit]
    return [None if value is None else value / scale for value in array.cast(pa.int64()).to_pylist()]


def _clock(seconds: float) -> str:
    whole, part = divmod(abs(seconds), 1)
    minutes, second = divmod(int(whole), 60)
    hours, minute = divmod(minutes, 60)
    fraction = f"{part:.6f}"[1:].rstrip("0").rstrip(".")
    return f"{'-' if seconds < 0 else ''}{hours}:{minute:02}:{second:02}{fraction}"


def _joined(value: Any) -> str | None:
    if value is None or value in ([], {}):
        return None
    if isinstance(value, list) and not any(isinstance(each, list | dict | tuple) for each in value):
        return "; ".join("" if each is None else str(each) for each in value)
    return json.dumps(value, ensure_ascii=False, default=str)
