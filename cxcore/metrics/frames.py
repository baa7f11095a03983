"""Cells of every kind of metric: which query answers it, and one query for all that can share it."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.metrics.base import MOMENTS
from cxcore.metrics.cells import Asked, cells, dating, grouped, keyed, of_one
from cxcore.metrics.desk import Span, on_the_clock, ready, span
from cxcore.metrics.groups import counted_at_once, crowded, people
from cxcore.metrics.select import column_of
from cxcore.metrics.stock import stock_cells
from cxcore.metrics.timed import quantile_cells
from cxcore.values import Condition, Every, Table


def frames(
    engine: Engine,
    table: Table,
    asked: Sequence[Asked],
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
    where: Sequence[Condition] = (),
) -> tuple[pd.DataFrame, ...]:
    """For each metric asked, a row for each period and group that has rows: `period`, `b0` …, `n`, `mean`, `variance`;
    for quantiles and stocks also `low`, `high` and `open`. The whole is a row, with n 0 where it has none. Raises what
    `cells` raises."""
    clocked = any(one.metric.desk and on_the_clock(one, table) for one in asked)
    spoken = span(engine, table) if clocked else Span(None, None)
    found: dict[int, pd.DataFrame] = {}
    for sort, places in _sharing(table, asked).items():
        some = [asked[k] for k in places]
        if sort[0] == "answers":
            answers = cells(engine, table, some, by=by, every=every, where=where)
        elif sort[0] == "moments":
            answers = _desk_cells(engine, table, some, spoken, by, every, where)
        elif sort[0] == "stock":
            answers = (stock_cells(engine, table, some[0], spoken, by=by, every=every, where=where),)
        else:
            answers = quantile_cells(engine, table, some, spoken, by=by, every=every, where=where)
        if some[0].metric.desk and (by or every or where):
            answers = with_people(engine, table, some, spoken, answers, by, every, where)
        found |= dict(zip(places, answers, strict=True))
    whole = not by and every is None
    return tuple(_nothing() if whole and found[k].empty else found[k] for k in range(len(asked)))


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"n": [0], "mean": [None], "variance": [None]}, dtype="float64")


def _sharing(table: Table, asked: Sequence[Asked]) -> dict[tuple[object, ...], list[int]]:
    """The places of the metrics that one query can answer together."""
    found: dict[tuple[object, ...], list[int]] = {}
    for k, one in enumerate(asked):
        rule = one.rule
        if not one.metric.desk:
            sort: tuple[object, ...] = ("answers", rule.last_per_customer)
        elif rule.family in MOMENTS:
            date = dating(table, one, None)
            sort = ("moments", date, one.settings, k if rule.per_customer else None)
        elif rule.family == "stock":
            sort = ("stock", k)
        else:
            sort = ("times", one.metric.name, rule.value, rule.dated, rule.family, one.settings)
        found.setdefault(sort, []).append(k)
    return found


def _desk_cells(
    engine: Engine,
    table: Table,
    asked: Sequence[Asked],
    spoken: Span,
    by: Sequence[str],
    every: Every | None,
    where: Sequence[Condition],
) -> tuple[pd.DataFrame, ...]:
    """The moments of metrics of the desk's work, all grouped by the same date."""
    columns, when = [column_of(table, name) for name in by], dating(table, asked[0], every)

    def build(source: ir.Table) -> ir.Table:
        rows, groups = keyed(ready(source, table, asked, spoken, where), columns, when, every)
        if asked[0].rule.per_customer:
            rows = rows.filter(rows["customer_id"].notnull())
            counted = rows.aggregate(by=[*groups, rows["customer_id"]], m0_value=rows["m0_value"].sum())
            rows, groups = counted, [counted[group.get_name()] for group in groups]
            return grouped(rows, table, asked, groups)
        at_once = bool(by or every or where) and counted_at_once(table)
        sums = {f"m{k}_people": people(rows, rows[f"m{k}_value"]) for k in range(len(asked))} if at_once else {}
        return grouped(rows, table, asked, groups, sums)

    frame = engine.ask(table.path, build)
    return tuple(of_one(frame, k, len(by)) for k in range(len(asked)))


def with_people(
    engine: Engine,
    table: Table,
    asked: Sequence[Asked],
    spoken: Span,
    frames: Sequence[pd.DataFrame],
    by: Sequence[str],
    every: Every | None,
    where: Sequence[Condition],
) -> tuple[pd.DataFrame, ...]:
    """The cells of metrics of the desk's work that one date groups, with `people`, the customers behind each, where
    some may be of too few. A stock is a count, and has none."""
    tight = [k for k, one in enumerate(asked) if one.rule.family != "stock" and crowded(frames[k], table)]
    found = [one if k in tight else one.drop(columns="people", errors="ignore") for k, one in enumerate(frames)]
    few = [k for k in tight if "people" not in found[k]]
    if not few:
        return tuple(found)
    columns, when = [column_of(table, name) for name in by], dating(table, asked[0], every)

    def build(source: ir.Table) -> ir.Table:
        rows, groups = keyed(ready(source, table, [asked[k] for k in few], spoken, where), columns, when, every)
        return rows.aggregate(by=groups, **{f"m{k}": people(rows, rows[f"m{at}_value"]) for at, k in enumerate(few)})

    counts = engine.ask(table.path, build)
    if every is not None:
        counts["period"] = pd.to_datetime(counts["period"]).dt.date
    names = [name for name in counts.columns if not name.startswith("m")]
    for k in few:
        own = counts[[*names, f"m{k}"]].rename(columns={f"m{k}": "people"})
        merged = found[k].merge(own, on=names, how="left") if names else found[k].join(own)
        found[k] = merged.assign(people=merged["people"].fillna(0).astype("int64"))
    return tuple(found)
