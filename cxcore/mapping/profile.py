"""RawTable → Profiles: the different texts of each column with their counts, all of them or a spread sample."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cxcore.values import Profile, RawTable

WHOLE_UP_TO = 50_000  # rows: every value of a smaller file is looked at
SAMPLE = 24_000  # rows looked at in a larger one, in slices spread over it
KEPT = 3_000  # different texts kept a column, commonest first
LONGEST = 10_000  # characters of a text that are looked at: what a column is shows in fewer
FEW = 400  # a sampled column with at most so many different texts is counted in full


def of(raw: RawTable) -> tuple[Profile, ...]:
    """One Profile a column of the file, in the file's order."""
    names = [raw.text(k) for k in range(len(raw.headers))]
    there = set(pq.read_schema(raw.path).names)
    kept = [name for name in names if name in there]
    with pq.ParquetFile(raw.path, read_dictionary=kept) as source:
        whole = raw.rows <= WHOLE_UP_TO
        found = []
        sampled = None if whole else _sample(source, kept)
        for k, name in enumerate(names):
            if name not in there:
                found.append(Profile(k, raw.headers[k], raw.descriptions[k], raw.rows, 0, (), complete=True))
                continue
            filled = raw.filled[k]
            complete = whole
            column = source.read(columns=[name]).column(0) if sampled is None else sampled.column(name)
            values = _counts(column)
            if not whole and len(values) <= FEW:
                values, complete = _counts(source.read(columns=[name]).column(0)), True
            complete = complete and len(values) <= KEPT
            found.append(
                Profile(k, raw.headers[k], raw.descriptions[k], raw.rows, filled, tuple(values[:KEPT]), complete)
            )
    return tuple(found)


def _sample(source: pq.ParquetFile, names: Sequence[str]) -> pa.Table:
    """The heads of the first, the last and the row groups between: a file that changes midway shows it."""
    groups = source.metadata.num_row_groups
    chosen = sorted({round(k * (groups - 1) / 3) for k in range(4)})
    size = SAMPLE // len(chosen)
    slices = []
    for group in chosen:
        batches = source.iter_batches(batch_size=size, row_groups=[group], columns=list(names))
        slices.append(pa.Table.from_batches([next(batches)]))
    return pa.concat_tables(slices)


def _counts(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    counted = pc.value_counts(column.drop_null())
    texts = counted.field("values")
    if pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_decode()
    if len(texts) and pc.max(pc.binary_length(texts)).as_py() > LONGEST:
        texts = pc.utf8_slice_codeunits(texts, 0, LONGEST)
    pairs = zip(texts.to_pylist(), counted.field("counts").to_pylist(), strict=True)
    merged: dict[str, int] = {}
    for text, count in pairs:
        merged[text] = merged.get(text, 0) + count
    return sorted(merged.items(), key=lambda pair: (-pair[1], pair[0]))
