"""Level 4. Scores already computed, over time as the file gives them: every one a point, none taken together."""

from __future__ import annotations

from collections.abc import Sequence

from cxcore.engine import Engine
from cxcore.metrics.base import Metric
from cxcore.metrics.cells import when_of
from cxcore.metrics.columns import of_column
from cxcore.metrics.measure import measure
from cxcore.roles import ROLES
from cxcore.values import Estimate, Every, Table, Trend

_LONGEST_FIRST: tuple[Every, ...] = ("quarter", "month", "week", "day")
MOST_GROUPS = 8


def trends(engine: Engine, table: Table) -> tuple[tuple[str, tuple[Trend, ...]], ...]:
    """For each column of given scores its header and its trend, one a group where a day holds a score for each group.

    The period is the longest in which no two scores fall together; where even a day holds several, no trend is given.
    """
    found = []
    for k in table.mapping.given:
        header = table.mapping.columns[k].header
        lines = _trends(engine, table, of_column(engine, table, header)) if when_of(table) else ()
        found.append((header, lines))
    return tuple(found)


def _trends(engine: Engine, table: Table, metric: Metric) -> tuple[Trend, ...]:
    for by in ([], *([name] for name in _segments(table))):
        for every in _LONGEST_FIRST:
            points = measure(engine, table, metric, every=every, by=by).estimates
            if points and all(point.n <= 1 for point in points):
                return _by_group(metric, every, points)
    return ()


def _segments(table: Table) -> list[str]:
    """The columns that may say whose score it is: categories first."""
    own = [use for use in table.mapping.columns if use.index not in table.mapping.given]
    roles = [use.header for use in own if use.fate == "role" and use.role and ROLES[use.role].type == "category"]
    return [*roles, *(use.header for use in own if use.fate == "segment" and not use.numeric)]


def _by_group(metric: Metric, every: Every, points: Sequence[Estimate]) -> tuple[Trend, ...]:
    groups = list(dict.fromkeys(point.by for point in points))[:MOST_GROUPS]
    found = []
    for by in groups:
        own = tuple(point for point in points if point.by == by)
        last = next(point for point in reversed(own) if point.n)
        found.append(Trend(metric.name, every, last, own, (None,) * len(own), by))
    return tuple(found)
