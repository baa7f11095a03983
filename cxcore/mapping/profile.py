"""RawTable → Profiles: the different texts of each column with their counts, all of them or a spread sample."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
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
    whole = raw.rows <= WHOLE_UP_TO
    with pq.ParquetFile(raw.path, read_dictionary=kept) as source:
        looked = source.read(columns=kept) if whole else _sample(source, kept)
        counted = {name: _counts(looked[name]) for name in kept}
    few = [] if whole else [name for name in kept if counted[name][1] <= FEW]
    with ThreadPoolExecutor(2) as pool:  # two columns at a time: all together would be as large as the file
        counted |= dict(zip(few, pool.map(lambda name: _all_counts(raw.path, name), few), strict=True))
    found = []
    for k, name in enumerate(names):
        values, different = counted.get(name, ((), 0))
        filled = raw.filled[k] if name in there else 0
        complete = (whole or name in few or name not in there) and different <= KEPT
        found.append(Profile(k, raw.headers[k], raw.descriptions[k], raw.rows, filled, tuple(values), complete))
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


def _counts(column: pa.ChunkedArray) -> tuple[list[tuple[str, int]], int]:
    """The commonest texts with their counts, and how many different ones there are."""
    counted = pc.value_counts(column.drop_null())
    texts = counted.field("values")
    if pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_decode()
    return _commonest(pa.table({"text": texts, "count": counted.field("counts")}))


def _commonest(counted: pa.Table) -> tuple[list[tuple[str, int]], int]:
    """The first `KEPT` texts by count, then by themselves, and how many there are in all. Sorted by the column library:
    tens of thousands of texts never become objects of Python."""
    texts = counted["text"]
    if len(texts) and pc.max(pc.binary_length(texts)).as_py() > LONGEST:
        counted = _summed(counted.set_column(0, "text", pc.utf8_slice_codeunits(texts, 0, LONGEST)))
    first = counted.sort_by([("count", "descending"), ("text", "ascending")]).slice(0, KEPT)
    return list(zip(first["text"].to_pylist(), first["count"].to_pylist(), strict=True)), counted.num_rows


def _summed(counted: pa.Table) -> pa.Table:
    return counted.group_by("text").aggregate([("count", "sum")]).rename_columns({"count_sum": "count"})


def _all_counts(path: Path, name: str) -> tuple[list[tuple[str, int]], int]:
    """The same of a whole column of few texts, which stands as places in small dictionaries: these are counted."""
    found = []
    with pq.ParquetFile(path, read_dictionary=[name]) as source:
        column = source.read(columns=[name]).column(0)
    for chunk in column.chunks:
        places = chunk.indices.drop_null() if chunk.indices.null_count else chunk.indices
        counts = np.bincount(places.to_numpy(zero_copy_only=False), minlength=len(chunk.dictionary))
        found.append(pa.table({"text": chunk.dictionary, "count": counts}))
    return _commonest(_summed(pa.concat_tables(found)).filter(pc.field("count") > 0))
