"""A metric by hour and weekday: where in the week the work is slow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir

from cxcore.engine import Engine
from cxcore.metrics.base import MOMENTS
from cxcore.metrics.cells import Asked, dating, grouped, of_one
from cxcore.metrics.desk import ready, span
from cxcore.metrics.estimate import estimates
from cxcore.metrics.timed import counted_in, of_counts
from cxcore.values import Condition, Estimate, Table

NAMES = ("weekday", "hour")


def hourly(engine: Engine, table: Table, asked: Asked, where: Sequence[Condition] = ()) -> tuple[Estimate, ...]:
    """The metric in each hour of each weekday that has cases; `by` holds weekday (0 is Monday) and hour, as text.

    Empty without a date, for a stock, and for what is counted per customer. Few cases show their count only.
    """
    when = dating(table, asked, None)
    if when is None or asked.rule.family == "stock" or asked.rule.per_customer:
        return ()
    spoken = span(engine, table)

    def keying(rows: ir.Table) -> tuple[ir.Table, list[Any]]:
        rows = rows.filter(rows[when].notnull())
        return rows, [rows[when].day_of_week.index().name("b0"), rows[when].hour().name("b1")]

    def build(source: ir.Table) -> ir.Table:
        rows, groups = keying(ready(source, table, [asked], spoken, where))
        return grouped(rows, table, [asked], groups)

    if asked.rule.family in MOMENTS:
        frame = of_one(engine.ask(table.path, build), 0, len(NAMES))
    else:
        found = counted_in(engine, table, asked, spoken, where, keying)
        frame = of_counts(found, asked.rule.quantile or 0.5, len(NAMES))
    frame = frame.sort_values(["b0", "b1"]).astype({"b0": "int64", "b1": "int64"})
    return estimates(frame, asked.metric.name, asked.rule, (0.0, 1.0), NAMES, split=True)
