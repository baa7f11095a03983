"""Level 4. How the values of a column are spread: answers on their scale, groups of a segment, examples of each column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.metrics.base import Metric
from cxcore.metrics.cells import scale_of
from cxcore.metrics.select import column_of, selected
from cxcore.values import SMALL_GROUP, Condition, Table

MOST_GROUPS = 200  # groups of a segment offered as a filter
LONGEST_EXAMPLE = 60  # characters of an example; a longer one ends in "…"


def answers(
    engine: Engine, table: Table, metric: Metric, where: Sequence[Condition] = ()
) -> tuple[tuple[float, int], ...]:
    """Each answer on the metric's scale with how many gave it, from the lowest up; off-scale ones are not in it."""
    return tuple((value, count) for value, count, _ in counted(engine, table, metric, where))


def counted(
    engine: Engine, table: Table, metric: Metric, where: Sequence[Condition] = ()
) -> tuple[tuple[float, int, float], ...]:
    """Each answer, how many gave it, and what it counts as where answers count whole: −100, 0 or 100.

    That is by the metric's first rule that sorts answers into good and other (NPS: promoters, passives, detractors).
    """
    rule = next((rule for rule in metric.rules if rule.family != "mean"), metric.rules[0])
    scale = scale_of(table, metric)

    def build(source: ir.Table) -> ir.Table:
        rows = selected(source, table, where)
        points = rule.value(rows[metric.needs[0]], scale)
        rows = rows.select(answer=rows[metric.needs[0]].cast("float64"), points=points.cast("float64"))
        rows = rows.filter(rows["answer"].notnull())
        return rows.group_by("answer").aggregate(n=rows.count(), points=rows["points"].max()).order_by("answer")

    frame = engine.ask(table.path, build)
    found = zip(frame["answer"], frame["n"], frame["points"], strict=True)
    return tuple((float(answer), int(n), float(points)) for answer, n, points in found)


def groups(engine: Engine, table: Table, name: str) -> tuple[tuple[str, int], ...]:
    """The groups of a segment (a role or a header) with their rows, the largest first; groups below 5 are not named."""
    column = column_of(table, name)

    def build(source: ir.Table) -> ir.Table:
        rows = selected(source, table, ())
        rows = rows.select(value=rows[column].cast("string").strip())
        counts = rows.filter(rows["value"].notnull() & (rows["value"] != "")).group_by("value").aggregate(n=rows.count())
        return counts.filter(counts["n"] >= SMALL_GROUP).order_by([ibis.desc("n"), "value"]).limit(MOST_GROUPS)

    frame = engine.ask(table.path, build)
    return tuple((str(value), int(n)) for value, n in zip(frame["value"], frame["n"], strict=True))


def examples(engine: Engine, table: Table, most: int = 3) -> tuple[tuple[str, ...], ...]:
    """Up to `most` different texts of each column of the file, the first in the file; none of what was not kept."""
    kept = [use.index for use in table.mapping.columns if use.fate != "personal"]

    def build(source: ir.Table) -> ir.Table:
        names = [f"x{k}" for k in kept if f"x{k}" in source.columns]
        first: Any = source.order_by("row").limit(500)
        return first.select(*names) if names else first.select("row")

    frame = engine.ask(table.path, build)
    return tuple(
        tuple(_short(text) for text in frame[f"x{use.index}"].dropna().drop_duplicates().head(most))
        if f"x{use.index}" in frame
        else ()
        for use in table.mapping.columns
    )


def _short(text: Any) -> str:
    flat = " ".join(str(text).split()) if not pd.isna(text) else ""
    return flat if len(flat) <= LONGEST_EXAMPLE else flat[:LONGEST_EXAMPLE] + "…"
