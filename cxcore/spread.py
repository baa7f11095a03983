"""Level 4. How a column is spread: the answers on a metric's scale, the groups of a segment."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from cxcore.engine import Engine
from cxcore.metrics.base import Metric
from cxcore.metrics.cells import scale_of
from cxcore.metrics.select import column_of, selected
from cxcore.values import SMALL_GROUP, Condition, Table

MOST_GROUPS = 200  # groups of a segment offered as a filter


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
        rows = rows.filter(rows["value"].notnull() & (rows["value"] != ""))
        counts = rows.group_by("value").aggregate(n=rows.count())
        return counts.filter(counts["n"] >= SMALL_GROUP).order_by([ibis.desc("n"), "value"]).limit(MOST_GROUPS)

    frame = engine.ask(table.path, build)
    return tuple((str(value), int(n)) for value, n in zip(frame["value"], frame["n"], strict=True))
