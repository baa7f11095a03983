"""The rows of a desk, made ready: the clock read, what is set put in, each rule's numbers a column beside the row.

Windows over rows (a customer's next contact) look at every row of the file; conditions choose among the rows after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.language import listed, say
from cxcore.metrics.base import Metric
from cxcore.metrics.cells import Asked
from cxcore.metrics.select import meeting, number_of, selected
from cxcore.metrics.settings import Chosen, chosen, timed
from cxcore.metrics.sight import Sight
from cxcore.roles import ROLES, TIMES
from cxcore.values import Condition, Table


@dataclass(frozen=True)
class Span:
    """The first and the last instant the file speaks of; both None in a file without times."""

    first: datetime | None
    last: datetime | None


def span(engine: Engine, table: Table) -> Span:
    """The first and last time in any column of times of the rows that count."""
    roles = [role for role in TIMES if table.has(role)]
    if not roles:
        return Span(None, None)

    def build(source: ir.Table) -> ir.Table:
        rows = selected(source, table, ())
        return rows.aggregate(**{f"{end}{k}": getattr(rows[role], end)() for k, role in enumerate(roles)
                                 for end in ("min", "max")})  # fmt: skip

    row = engine.ask(table.path, build).iloc[0]
    held = [row[name] for name in row.index if not pd.isna(row[name])]
    if not held:
        return Span(None, None)
    return Span(min(held).to_pydatetime(), max(held).to_pydatetime())


def lacking(table: Table, asked: Asked) -> CannotCompute | None:
    """What to raise where the table cannot answer: the columns it lacks, in words."""
    metric, rule = asked.metric, asked.rule
    if rule.column is not None and rule.column not in dict(asked.settings):
        return CannotCompute(
            "no_such_role",
            say("{metric} needs to be told a column.", metric=metric.title),
            say("For example: --set '{name}=Column name'", name=rule.column),
        )
    ways = (metric.needs, *metric.instead)
    missing = [role for role in rule.needs if not table.has(role)]
    if not any(all(map(table.has, way)) for way in ways):
        missing += [role for role in min(ways, key=len) if not table.has(role)]
    if not missing:
        return None
    return CannotCompute(
        "no_such_role",
        say(
            "{metric} needs a column that this file does not have, or that was not recognised: {names}.",
            metric=metric.title,
            names=listed([ROLES[role].meaning for role in missing]),
        ),
        say("Map one, for example --map '{role}=Column name'.", role=missing[0]),
    )


def clocked(metric: Metric, table: Table) -> tuple[str, ...]:
    """The times a metric is measured between, of those that are there."""
    ways = [way for way in (metric.needs, *metric.instead) if all(map(table.has, way))]
    times = [role for role in (ways[0] if ways else ()) if ROLES[role].type == "time"]
    if timed(metric) and table.has("created_at") and "created_at" not in times:
        times.append("created_at")
    return tuple(times)


def on_the_clock(asked: Asked, table: Table) -> bool:
    """Whether the metric looks at times, and so at how far the file reaches; a column of durations does not."""
    return bool(clocked(asked.metric, table)) or any(ROLES[role].type == "time" for role in asked.rule.needs)


def sight(rows: ir.Table, table: Table, metric: Metric, held: Chosen, spoken: Span) -> Sight:
    """What the metric sees of the rows. Raises CannotCompute where working hours are asked for and only durations, not
    times, are there."""
    roles = clocked(metric, table)
    until = 0.0
    if held.clock.kind == "business" and len(roles) < 2:  # a start and a stop
        raise CannotCompute(
            "no_times",
            say("This file says how long it took and not when, so working hours cannot be told from others."),
            say("Leave the clock at calendar, or map the two times."),
        )
    if roles and spoken.first is not None and spoken.last is not None:
        rows = held.clock.read(rows, roles, spoken.first, spoken.last)
        until = held.clock.at(spoken.last, spoken.first, spoken.last)
    elif roles:
        rows = rows.mutate(**{f"{role}_clock": ibis.null("float64") for role in roles})
    for name, header in held.columns:
        numbers = number_of(table, header)
        if numbers is not None:
            rows = rows.mutate(**{f"{name}_seconds": numbers(rows)})
    return Sight(rows, held.numbers, spoken.last, until)


def ready(
    source: ir.Table,
    table: Table,
    asked: Sequence[Asked],
    spoken: Span,
    where: Sequence[Condition] = (),
    places: Sequence[int] = (),
) -> ir.Table:
    """The rows that count and meet the conditions, with `m{k}_value` (and `m{k}_per`, `m{k}_stopped`) for each metric.

    k counts them, unless `places` says what each is called. All the metrics must be set alike. Raises UnknownName for a
    setting that is none.
    """
    rows = selected(source, table, ())
    for k, one in zip(places or range(len(asked)), asked, strict=True):
        held = chosen(one.metric, one.settings, table)
        seen = sight(rows, table, one.metric, held, spoken)
        columns: dict[str, Any] = {f"m{k}_value": one.rule.value(seen, (0.0, 1.0))}
        if one.rule.per is not None:
            columns[f"m{k}_per"] = one.rule.per(seen, (0.0, 1.0))
        if one.rule.stopped is not None:
            columns[f"m{k}_stopped"] = one.rule.stopped(seen, (0.0, 1.0))
        rows = seen.rows.mutate(**columns)
    return meeting(rows, table, where)


def reasons(engine: Engine, table: Table, asked: Asked, where: Sequence[Condition] = ()) -> tuple[tuple[str, int], ...]:
    """Rows that are not in the number, by reason; a row has one reason, the first that holds."""
    if asked.rule.reasons is None:
        return ()
    spoken = span(engine, table)
    told = asked.rule.reasons

    def build(source: ir.Table) -> ir.Table:
        held = chosen(asked.metric, asked.settings, table)
        seen = sight(selected(source, table, ()), table, asked.metric, held, spoken)
        found = {name: holds.fill_null(False) for name, holds in told(seen).items()}
        rows = meeting(seen.rows.mutate(**{f"out_{name}": holds for name, holds in found.items()}), table, where)
        sums, before = {}, ibis.literal(False)
        for name in found:
            sums[name] = (rows[f"out_{name}"] & ~before).sum()
            before = before | rows[f"out_{name}"]
        return rows.aggregate(**sums)

    row = engine.ask(table.path, build).iloc[0]
    return tuple((name, 0 if pd.isna(row[name]) else int(row[name])) for name in row.index)
