"""Several sheets of a workbook, or several files, with the same columns → one raw table, a segment saying which.

Columns are put together by their names; one that has no namesake by the role its name says, where just one column on
either side says it. What stands in no other sheet stays a column of its own, and is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cxcore import parquet
from cxcore.language import Message, listed, say, say_many
from cxcore.mapping import headers
from cxcore.mapping.draft import STRONG
from cxcore.store import Workspace
from cxcore.values import Problem, RawTable

SHARED = 0.5  # of the columns of the wider of two tables: with fewer in common they are tables of two kinds
_TURNING = frozenset("not non no un senza without avg average mean media medio max min first last total id".split())
_ONLY_ONE = frozenset({"sheet_chosen", "sheets_alike"})  # said of a sheet because the others were not read


@dataclass
class _Plan:
    """The columns of the whole, and for each part which of its columns stands in which of them."""

    headers: list[str] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)
    places: list[dict[int, int]] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)


def stacked(parts: Sequence[RawTable], names: Sequence[str], which: str, workspace: Workspace) -> RawTable:
    """One raw table of all the parts, in order; `which` names the column that holds the part's name.

    The parts that share too few columns with the first are left out, and named. Rows keep the numbers they have in
    their own sheet or file.
    """
    first = parts[0]
    fitting = [k for k, part in enumerate(parts) if not k or _aligned(first, part) >= SHARED]
    apart = [names[k] for k in range(len(parts)) if k not in fitting]
    plan = _planned([parts[k] for k in fitting])
    draft = workspace.draft()
    seen = _write(draft, [parts[k] for k in fitting], [names[k] for k in fitting], plan)
    problems = [*_of_parts([parts[k] for k in fitting], [names[k] for k in fitting])]
    problems += _said([names[k] for k in fitting], apart, plan)
    return replace(
        first, path=draft, headers=(*plan.headers, which), descriptions=(*plan.descriptions, ""),
        rows=sum(parts[k].rows for k in fitting), filled=tuple(seen.filled[:-1]), at=tuple(seen.at[:-1]),
        problems=tuple(problems), names=(),
        personal=tuple(sorted(_personal([parts[k] for k in fitting], plan).items())),
    )  # fmt: skip


def _personal(parts: Sequence[RawTable], plan: _Plan) -> dict[int, str]:
    """The columns of the whole that were dropped as personal data in a part that was read before."""
    return {
        places[k]: kind for part, places in zip(parts, plan.places, strict=True) for k, kind in part.personal
    }  # fmt: skip


def _key(header: str) -> str:
    return " ".join(header.split()).casefold()


def _role(raw: RawTable, k: int) -> str | None:
    named = headers.roles_named(raw.headers[k], raw.descriptions[k])
    return named[0].role if named and named[0].strength >= STRONG else None


def _matches(known: Sequence[tuple[str, str | None]], raw: RawTable) -> dict[int, int]:
    """For each column of the part the column of the whole it belongs to, by name, then by role."""
    found: dict[int, int] = {}
    free = list(range(len(known)))
    for k, header in enumerate(raw.headers):
        same = next((n for n in free if known[n][0] == _key(header)), None)
        if same is not None:
            found[k] = same
            free.remove(same)
    for k, n in _named_alike(known, raw, [k for k in range(len(raw.headers)) if k not in found], free):
        found[k] = n
        free.remove(n)
    left = [k for k in range(len(raw.headers)) if k not in found]
    for k in left:
        role = _role(raw, k)
        there = [n for n in free if role and known[n][1] == role]
        if len(there) == 1 and sum(_role(raw, other) == role for other in left) == 1:
            found[k] = there[0]
            free.remove(there[0])
    return found


def _named_alike(
    known: Sequence[tuple[str, str | None]], raw: RawTable, left: Sequence[int], free: Sequence[int]
) -> list[tuple[int, int]]:
    """Columns whose names differ by a single word that says no "not", each the other's only such namesake."""
    words = {n: frozenset(headers.tokens(known[n][0])) for n in free}
    pairs = [
        (k, n) for k in left for n in free
        if (own := frozenset(headers.tokens(raw.headers[k]))) and (own < words[n] or words[n] < own)
        and len(own ^ words[n]) == 1 and not (own ^ words[n]) & _TURNING
    ]  # fmt: skip
    return [
        (k, n) for k, n in pairs
        if sum(other == k for other, _ in pairs) == 1 and sum(other == n for _, other in pairs) == 1
    ]  # fmt: skip


def _known(raw: RawTable) -> list[tuple[str, str | None]]:
    return [(_key(header), _role(raw, k)) for k, header in enumerate(raw.headers)]


def _aligned(one: RawTable, two: RawTable) -> float:
    return len(_matches(_known(one), two)) / max(len(one.headers), len(two.headers), 1)


def _planned(parts: Sequence[RawTable]) -> _Plan:
    plan = _Plan()
    known: list[tuple[str, str | None]] = []
    for part in parts:
        found = _matches(known, part)
        for k, header in enumerate(part.headers):
            if k in found:
                if known[found[k]][0] != _key(header):
                    plan.renamed.append((header, plan.headers[found[k]]))
                continue
            found[k] = len(known)
            known.append((_key(header), _role(part, k)))
            plan.headers.append(header)
            plan.descriptions.append(part.descriptions[k])
        plan.places.append(found)
    return plan


def _write(target: Path, parts: Sequence[RawTable], names: Sequence[str], plan: _Plan) -> parquet.Written:
    """Writes the parts one after another; what comes back is what was seen of each column."""
    width = len(plan.headers)
    fields = [pa.field(f"x{k}", pa.string()) for k in range(width + 1)]
    schema = pa.schema([*fields, pa.field("row", pa.int32())])

    def batches() -> Iterator[pa.RecordBatch]:
        for part, name, places in zip(parts, names, plan.places, strict=True):
            dropped = {k for k, _ in part.personal}
            source_of = {place: part.text(k) for k, place in places.items() if k not in dropped}
            with pq.ParquetFile(part.path) as source:
                for batch in source.iter_batches():
                    empty = pa.nulls(batch.num_rows, pa.string())
                    columns = [
                        batch.column(source_of[k]).cast(pa.string()) if k in source_of else empty for k in range(width)
                    ]
                    columns.append(pa.array([name] * batch.num_rows, pa.string()))
                    rows = batch.column("row").cast(pa.int32())
                    yield pa.RecordBatch.from_arrays([*columns, rows], schema=schema)

    return parquet.write(pa.RecordBatchReader.from_batches(schema, batches()), target, search=True)


def _of_parts(parts: Sequence[RawTable], names: Sequence[str]) -> list[Problem]:
    """What was said of each part, with its name."""
    return [
        replace(problem, what=say("{name}: {what}", name=name, what=problem.what))
        for part, name in zip(parts, names, strict=True)
        for problem in part.problems
        if problem.code not in _ONLY_ONE
    ]


def _said(names: Sequence[str], apart: Sequence[str], plan: _Plan) -> list[Problem]:
    what = say_many(
        "{n} table was read: {names}",
        "{n} tables were read as one, in this order: {names}; row numbers are those of each of them",
        len(names), names=listed(list(names)),
    )  # fmt: skip
    said = [Problem("tables_stacked", "info", what, count=len(names))]
    if apart:
        what = say_many("{n} table has other columns and was left out: {names}",
                        "{n} tables have other columns and were left out: {names}", len(apart),
                        names=listed(list(apart)))  # fmt: skip
        said.append(Problem("tables_left_out", "warning", what, count=len(apart)))
    if plan.renamed:
        pairs: list[Message] = [say("{name} as {other}", name=a, other=b) for a, b in dict.fromkeys(plan.renamed)]
        what = say("columns with other names were taken for the same: {names}", names=listed(pairs))
        said.append(Problem("columns_aligned", "warning", what, count=len(pairs)))
    everywhere = set.intersection(*(set(places.values()) for places in plan.places))
    missing = [header for k, header in enumerate(plan.headers) if k not in everywhere]
    if missing:
        what = say_many("{n} column is not in every table and blank where it is missing: {names}",
                        "{n} columns are not in every table and blank where they are missing: {names}", len(missing),
                        names=listed(missing))  # fmt: skip
        said.append(Problem("columns_not_everywhere", "warning", what, count=len(missing)))
    return said
