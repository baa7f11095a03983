"""Level 4. Table + metric → Trend: a metric over periods that fit the data, its limits, and its latest change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from cxcore import stats
from cxcore.engine import Engine
from cxcore.metrics.base import Metric, Rule, Scale
from cxcore.metrics.cells import Asked, cells, next_period, scale_of, when_of
from cxcore.metrics.estimate import change, estimates, merged
from cxcore.metrics.measure import with_gaps
from cxcore.values import Change, Condition, Estimate, Every, Table, Trend

PERIODS: tuple[Every, ...] = ("day", "week", "month", "quarter")
MOST_POINTS = 60  # more points than this is a thicket, not a line
ANSWERS_A_POINT = 30  # fewer a period and the intervals are wider than most changes


def trends(
    engine: Engine,
    table: Table,
    metrics: Sequence[Metric],
    *,
    rule: str | None = None,
    every: Every | None = None,
    by: str | None = None,
    where: Sequence[Condition] = (),
) -> tuple[Trend, ...]:
    """The trend of each metric, or with `by` of each metric in each group, from one query.

    `every` None chooses the period. A table without dates has no trend: the tuple is empty.
    """
    if when_of(table) is None or not metrics:
        return ()
    asked = [Asked(metric, metric.rule(rule)) for metric in metrics]
    every = every or fitting(engine, table, metrics, where)
    frames = cells(engine, table, asked, by=[by] if by else [], every=every, where=where)
    return tuple(
        trend for one, frame in zip(asked, frames, strict=True) for trend in _of_cells(frame, one, table, every, by)
    )


def _of_cells(frame: pd.DataFrame, asked: Asked, table: Table, every: Every, by: str | None = None) -> list[Trend]:
    """The trend in one metric's cells, or with `by` that of each group; none where there are no answers."""
    if frame.empty or not frame["n"].sum():
        return []
    names = [by] if by else []
    scale = scale_of(table, asked.metric)
    full = with_gaps(frame, every, len(names)).sort_values("period", kind="stable")
    lines: dict[object, list[Estimate]] = {}
    for point in estimates(full, asked.metric.name, asked.rule, scale, names, split=True):
        lines.setdefault(point.by, []).append(point)
    together = [merged(points) for points in lines.values()]
    wholes = _wholes(together, asked.metric, asked.rule, scale)
    return [
        _trend(tuple(points), merge, whole, asked.rule, scale, every, table)
        for points, merge, whole in zip(lines.values(), together, wholes, strict=True)
    ]


def fitting(engine: Engine, table: Table, metrics: Sequence[Metric], where: Sequence[Condition] = ()) -> Every:
    """The shortest period that gives at most 60 points with about 30 answers each; the same for all these metrics."""
    asked = [Asked(metric, metric.rules[0]) for metric in metrics]
    frames = cells(engine, table, asked, every="day", where=where)
    days = max(frames, key=lambda frame: float(frame["n"].sum()))
    days = days[days["n"] > 0]
    if days.empty:
        return "month"
    first, last = min(days["period"]), max(days["period"])
    for every in PERIODS:
        starts = _starts(first, last, every)
        if len(starts) > MOST_POINTS:
            continue
        if float(days["n"].sum()) / len(starts) >= ANSWERS_A_POINT and len(starts) >= 2:
            return every
    longest = [every for every in PERIODS if 2 <= len(_starts(first, last, every)) <= MOST_POINTS]
    return longest[-1] if longest else "quarter"


def start_of(day: date, every: Every) -> date:
    """The first day of the period a day falls in; weeks start on Monday."""
    if every == "day":
        return day
    if every == "week":
        return date.fromordinal(day.toordinal() - day.weekday())
    return date(day.year, day.month if every == "month" else 3 * ((day.month - 1) // 3) + 1, 1)


def _starts(first: date, last: date, every: Every) -> list[date]:
    starts = [start_of(first, every)]
    while (following := next_period(starts[-1], every)) <= last and len(starts) <= MOST_POINTS:
        starts.append(following)
    return starts


def _trend(
    points: tuple[Estimate, ...], together: Estimate, whole: Estimate, rule: Rule, scale: Scale, every: Every,
    table: Table,
) -> Trend:  # fmt: skip
    partial = table.period is not None and next_period(points[-1].period or date.min, every).toordinal() > (
        table.period[1].toordinal() + 1
    )
    limits = _limits(points, together, rule, scale)
    latest = latest_change(points, rule, partial=partial)
    return Trend(
        metric=whole.metric,
        every=every,
        whole=whole,
        points=points,
        limits=limits,
        by=points[0].by,
        change=latest,
        partial_last=partial,
        signal=latest is not None and latest.clear and latest.later in _outside(points, limits),
    )


def _wholes(together: Sequence[Estimate], metric: Metric, rule: Rule, scale: Scale) -> tuple[Estimate, ...]:
    """Series taken together over all their periods, each as one estimate with its interval."""
    sums = {name: [getattr(one, name) for one in together] for name in ("n", "mean", "variance")}
    return estimates(pd.DataFrame(sums, dtype="float64"), metric.name, rule, scale, (), split=False)


def _limits(
    points: Sequence[Estimate], together: Estimate, rule: Rule, scale: Scale
) -> tuple[tuple[float, float] | None, ...]:
    if together.mean is None or together.variance is None:
        return (None,) * len(points)
    sizes = np.array([point.n for point in points], np.float64)
    bounds = rule.bounds(scale)
    if rule.unit == "number":
        bounds = (-math.inf, math.inf)
    low, high = stats.control_limits(sizes, together.mean, math.sqrt(together.variance), bounds)
    return tuple(None if math.isnan(a) else (float(a), float(b)) for a, b in zip(low, high, strict=True))


def latest_change(points: Sequence[Estimate], rule: Rule, *, partial: bool) -> Change | None:
    """The last whole period against the one before it; None where there are no two."""
    whole = points[:-1] if partial and len(points) > 2 else points
    if len(whole) < 2:
        return None
    return change(whole[-2], whole[-1], rule)


def signals(trend: Trend) -> tuple[Estimate, ...]:
    """The points outside the control limits: moves too large for a steady series."""
    return _outside(trend.points, trend.limits)


def _outside(points: Sequence[Estimate], limits: Sequence[tuple[float, float] | None]) -> tuple[Estimate, ...]:
    return tuple(
        point
        for point, limit in zip(points, limits, strict=True)
        if limit and point.value is not None and not limit[0] <= point.value <= limit[1]
    )
