"""Level 4. Table + metric → Trend: a metric over periods that fit the data, its limits, and its latest change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxcore import stats
from cxcore.engine import Engine
from cxcore.metrics.base import MOMENTS, Metric, Rule, Scale
from cxcore.metrics.cells import TRUNCATED, Asked, cells, next_period, scale_of, when_of
from cxcore.metrics.desk import lacking
from cxcore.metrics.estimate import change, estimates, merged
from cxcore.metrics.frames import frames
from cxcore.metrics.measure import with_gaps
from cxcore.metrics.select import selected
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
    settings: Sequence[tuple[str, str]] = (),
) -> tuple[Trend, ...]:
    """The trend of each metric, or with `by` of each metric in each group.

    One query serves all the survey metrics; the desk's share queries where they can. `every` None chooses the period. A
    metric whose dates the table lacks has no trend; without any the tuple is empty.
    """
    asked = [_asked(metric, rule, table, settings) for metric in metrics]
    asked = [one for one in asked if when_of(table, one.metric, one.rule) is not None and not _unable(table, one)]
    if not asked:
        return ()
    every = every or fitting(engine, table, [one.metric for one in asked], where)
    names = [by] if by else []
    by_period = frames(engine, table, asked, by=names, every=every, where=where)
    apart = [one for one in asked if not _adds_up(one.rule)]
    wholes = dict(zip(apart, frames(engine, table, apart, by=names, where=where), strict=True)) if apart else {}
    return tuple(
        trend
        for one, frame in zip(asked, by_period, strict=True)
        for trend in _of_cells(frame, wholes.get(one), one, table, every, by)
    )


def _of_cells(
    frame: pd.DataFrame, whole: pd.DataFrame | None, asked: Asked, table: Table, every: Every, by: str | None
) -> list[Trend]:
    """The trend in one metric's cells, or with `by` that of each group; none where there are no answers. `whole` are
    the cells of all periods together, where the periods' do not add up to them."""
    if frame.empty or not frame["n"].sum():
        return []
    names = [by] if by else []
    scale = scale_of(table, asked.metric)
    full = frame if asked.rule.family == "stock" else with_gaps(frame, every, len(names))
    full = full.sort_values("period", kind="stable")
    lines: dict[object, list[Estimate]] = {}
    for point in estimates(full, asked.metric.name, asked.rule, scale, names, split=True):
        lines.setdefault(point.by, []).append(point)
    together = {group: merged(points) for group, points in lines.items()}
    wholes = _wholes(together, asked, scale) if whole is None else _by_group(whole, asked, scale, names)
    return [
        _trend(tuple(points), together[group], wholes[group], asked.rule, scale, every, table)
        for group, points in lines.items()
        if group in wholes
    ]


def _wholes(together: dict[object, Estimate], asked: Asked, scale: Scale) -> dict[object, Estimate]:
    """Series taken together over all their periods, each as one estimate with its interval."""
    sums = {name: [getattr(one, name) for one in together.values()] for name in ("n", "mean", "variance")}
    frame = pd.DataFrame(sums, dtype="float64")
    return dict(zip(together, estimates(frame, asked.metric.name, asked.rule, scale, (), split=False), strict=True))


def _by_group(whole: pd.DataFrame, asked: Asked, scale: Scale, names: list[str]) -> dict[object, Estimate]:
    """The estimates of all periods together, by their group."""
    return {one.by: one for one in estimates(whole, asked.metric.name, asked.rule, scale, names, split=bool(names))}


def _asked(metric: Metric, rule: str | None, table: Table, settings: Sequence[tuple[str, str]]) -> Asked:
    chosen = metric.rule(rule) if rule or not metric.desk else metric.default(table, settings)
    return Asked(metric, chosen, tuple(settings))


def _unable(table: Table, asked: Asked) -> bool:
    return asked.metric.desk and lacking(table, asked) is not None


def _adds_up(rule: Rule) -> bool:
    """Whether the whole follows from its periods: of quantiles, stocks, ratios and counts of customers it does not."""
    return rule.family in MOMENTS - {"ratio"} and not rule.per_customer


def fitting(engine: Engine, table: Table, metrics: Sequence[Metric], where: Sequence[Condition] = ()) -> Every:
    """The shortest period that gives at most 60 points with about 30 answers each; the same for all these metrics."""
    days = _days(engine, table, metrics, where)
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


def _days(engine: Engine, table: Table, metrics: Sequence[Metric], where: Sequence[Condition]) -> pd.DataFrame:
    """The days with their answers, of the metric that has most; of the desk's metrics with their cases."""
    if all(metric.desk for metric in metrics):
        when = when_of(table, metrics[0], metrics[0].default(table))

        def build(source: ir.Table) -> ir.Table:
            rows = selected(source, table, where)
            rows = rows.filter(rows[when].notnull())
            return rows.aggregate(by=[rows[when].date().truncate(TRUNCATED["day"]).name("period")], n=rows.count())

        days = engine.ask(table.path, build)
        days["period"] = pd.to_datetime(days["period"]).dt.date
        return days
    asked = [Asked(metric, metric.rules[0]) for metric in metrics if not metric.desk]
    found = cells(engine, table, asked, every="day", where=where)
    most = max(found, key=lambda frame: float(frame["n"].sum()))
    return most[most["n"] > 0]


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
    partial = unfinished(table, points, every)
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


def unfinished(table: Table, points: Sequence[Estimate], every: Every) -> bool:
    """Whether the last of the periods goes on after the file's last day."""
    last = next_period(points[-1].period or date.min, every)
    return table.period is not None and last.toordinal() > table.period[1].toordinal() + 1


def _limits(
    points: Sequence[Estimate], together: Estimate, rule: Rule, scale: Scale
) -> tuple[tuple[float, float] | None, ...]:
    if rule.family in {"quantile", "survival"}:
        ends = stats.moving_range_limits([np.nan if p.value is None else p.value for p in points], rule.bounds(scale))
        return (None if math.isnan(ends[0]) else ends,) * len(points)
    if rule.family == "stock" or together.mean is None or together.variance is None:
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


def place(trend: Trend) -> Literal["within", "outside", "unjudged"]:
    """Where the latest whole period lies against the control limits; unjudged where none can be drawn, as from fewer
    than eight periods of a time."""
    later = trend.change.later if trend.change is not None else None
    limit = next((limit for point, limit in zip(trend.points, trend.limits, strict=True) if point == later), None)
    if limit is None:
        return "unjudged"
    return "outside" if later in signals(trend) else "within"


def _outside(points: Sequence[Estimate], limits: Sequence[tuple[float, float] | None]) -> tuple[Estimate, ...]:
    return tuple(
        point
        for point, limit in zip(points, limits, strict=True)
        if limit and point.value is not None and not limit[0] <= point.value <= limit[1]
    )
