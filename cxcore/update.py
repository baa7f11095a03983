"""Level 4. A file brought again: its rows put in the place of the older ones with the same number, new ones added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore import intake
from cxcore.engine import Engine
from cxcore.language import Message, say
from cxcore.mapping.understand import labels
from cxcore.roles import PERIOD_OF
from cxcore.store import Workspace, headers_key
from cxcore.values import Problem, RawTable, Table

_AGREE = 0.5  # of the rows with the same number, at least so many tell of the same thing


@dataclass(frozen=True)
class Updated:
    """The two files as one table, and how many rows were updated, added, the same, and only in the older file."""

    table: Table
    updated: int
    added: int
    unchanged: int
    only_before: int


def of(old: Table, new: Table, engine: Engine, workspace: Workspace) -> Updated | None:
    """The new file's rows over the old one's; None where it does not continue the old one.

    It does where both have the same columns, in any order, and rows are numbered alike: some numbers stand in both,
    and those rows happened at the same time (without times: are the same in at least half of their cells).
    """
    if headers_key(old.raw.headers) != headers_key(new.raw.headers) or old.raw.sheet != new.raw.sheet:
        return None
    role = _numbered(new)
    if role is None or old.header(role) != new.header(role) or old.header("customer_id") != new.header("customer_id"):
        return None
    names = _names(old, new)
    counts = _counted(old, new, role, names, engine)
    if counts is None:
        return None
    draft = workspace.draft()
    try:
        engine.write_of([old.path, new.path], lambda one, two: _over(one, two, new, role, list(names.values())), draft)
        table = intake.understood(_raw(old, new, draft, counts, engine), engine, workspace)
    finally:
        workspace.forget(draft)
    return replace(counts, table=replace(table, parts=(*(old.parts or (old.name,)), new.name)))


def told(found: Updated, before: str) -> Message:
    """What became of the rows, in one sentence."""
    return say(
        "This file continues {file}: rows updated: {updated}; new: {added}; the same: {same}; only in the older file,"
        " kept, and numbered on behind this one's: {kept}.",
        file=before, updated=found.updated, added=found.added, same=found.unchanged, kept=found.only_before,
    )  # fmt: skip


def _numbered(table: Table) -> str | None:
    """The role that numbers the rows, as where repetitions are looked for."""
    order = {"responses": ("response_id", "interaction_id"), "interactions": ("interaction_id", "response_id")}
    return next((role for role in order.get(table.mapping.kind, ()) if table.has(role)), None)


def _names(old: Table, new: Table) -> dict[int, tuple[str, str]]:
    """For each column of the new file that both kept, its text's name in the old table and in the new one."""
    folded = [[" ".join(name.split()).casefold() for name in labels(t.raw.headers)] for t in (old, new)]
    found = {}
    for use in new.mapping.columns:
        before = old.mapping.columns[folded[0].index(folded[1][use.index])]
        if "personal" not in {use.fate, before.fate}:
            found[use.index] = (old.text(before.index), new.text(use.index))
    return found


def _whole(rows: ir.Table, names: list[str]) -> Any:
    """All of a row's cells as one text, to see whether anything in it changed."""
    parts = [rows[name].fill_null("\x00") for name in names]
    return reduce(lambda one, other: one.concat("\x1f", other), parts)


def _counted(
    old: Table, new: Table, role: str, names: dict[int, tuple[str, str]], engine: Engine
) -> Updated | None:  # fmt: skip
    shared = [name for name in PERIOD_OF if old.has(name) and new.has(name) and name in {"created_at", "answered_at"}]
    time = shared[0] if shared else None

    def side(rows: ir.Table, at: int) -> ir.Table:
        rows = rows.filter(rows["left_out"].isnull() & rows[role].notnull())
        texts = [pair[at] for pair in names.values()]
        cells = {f"c{at}_{k}": rows[name].max() for k, name in enumerate(texts)}
        rows = rows.mutate(whole=_whole(rows, texts))
        return rows.group_by(rows[role].name("id")).aggregate(
            **{f"whole{at}": rows["whole"].max(), f"time{at}": (rows[time] if time else rows["whole"]).max()}, **cells
        )

    def build(one: ir.Table, two: ir.Table) -> ir.Table:
        both = side(one, 0).outer_join(side(two, 1), "id")
        met = both["whole0"].notnull() & both["whole1"].notnull()
        same = met & (both["whole0"] == both["whole1"])
        alike = [(both[f"c0_{k}"] == both[f"c1_{k}"]).cast("float64") for k in range(len(names))]
        agree = (both["time0"] == both["time1"]).cast("float64") if time else (
            reduce(lambda a, b: a + b, [part.fill_null(0.0) for part in alike])
            / ibis.greatest(reduce(lambda a, b: a + b, [part.notnull().cast("int64") for part in alike]), 1)
        )  # fmt: skip
        return both.aggregate(
            met=met.sum(), same=same.sum(), added=both["whole0"].isnull().sum(), before=both["whole1"].isnull().sum(),
            agree=ibis.ifelse(met, agree, None).mean(),
        )  # fmt: skip

    row = engine.ask_of([old.path, new.path], build).iloc[0]
    met, same, added, before = (0 if pd.isna(row[n]) else int(row[n]) for n in ("met", "same", "added", "before"))
    if not met or pd.isna(row["agree"]) or row["agree"] < _AGREE:
        return None
    return Updated(new, met - same, added, same, before)


def _over(one: ir.Table, two: ir.Table, new: Table, role: str, names: list[tuple[str, str]]) -> ir.Table:
    """All rows of the new file, and those of the old one it does not number; numbered on behind the new one's."""

    def side(rows: ir.Table, at: int) -> ir.Table:
        texts = {pair[1]: rows[pair[at]] for pair in names}
        return rows.select(row="row", id=rows[role], whole=_whole(rows, [pair[at] for pair in names]), **texts)

    first, second = side(one, 0), side(two, 1)
    numbers = second.filter(second["id"].notnull()).select(number="id").distinct()
    whole = second.filter(second["id"].isnull()).select(cells="whole").distinct()
    kept = first.anti_join(numbers, first["id"] == numbers["number"])
    kept = kept.anti_join(whole, kept["id"].isnull() & (kept["whole"] == whole["cells"]))
    last = new.rows_read + new.raw.header_rows
    kept = kept.mutate(row=(kept["row"] + last).cast("int32"))
    joined = ibis.union(second.mutate(row=second["row"].cast("int32")), kept)
    return joined.drop("id", "whole").order_by("row")


def _raw(old: Table, new: Table, path: Any, counts: Updated, engine: Engine) -> RawTable:
    """The rows of both as a file just read would stand there."""
    names = tuple(new.text(k) for k in range(len(new.mapping.columns)))
    dropped = {use.header: use.personal for use in old.mapping.columns if use.personal}
    personal = {use.index: dropped[use.header] for use in new.mapping.columns if use.header in dropped}
    personal |= {use.index: use.personal for use in new.mapping.columns if use.personal}

    def build(rows: ir.Table) -> ir.Table:
        return rows.aggregate(rows=rows.count(), **{f"n_{name}": rows[name].count() for name in rows.columns})

    row = engine.ask(path, build).iloc[0]
    said = (*new.raw.problems, *[problem for problem in old.raw.problems if problem.code != "continued"])
    unique = {(problem.code, problem.column): problem for problem in reversed(said)}
    return replace(
        new.raw,
        path=path,
        rows=int(row["rows"]),
        names=names,
        personal=tuple((k, kind or "name") for k, kind in sorted(personal.items())),
        filled=tuple(int(row.get(f"n_{name}", 0)) for name in names),
        problems=(
            *unique.values(),
            Problem("continued", "info", told(counts, old.name), count=counts.updated + counts.added),
        ),
    )
