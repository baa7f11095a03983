"""Level 4. Rows that hold totals: what their columns come to, weighed by the volume, over time and by group; without an
interval, which totals do not give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cxcore.engine import Engine
from cxcore.mapping.headers import tokens
from cxcore.mapping.words import CALENDAR, NUMBER
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.cells import DAYS, when_of
from cxcore.metrics.columns import of_column
from cxcore.metrics.measure import measure
from cxcore.metrics.select import number_of
from cxcore.roles import ROLES
from cxcore.trend import MOST_POINTS, PERIODS, unfinished
from cxcore.values import ColumnUse, Condition, Estimate, Every, Table, Trend

_MOST_GROUPS = 200
_RUNNING = frozenset("index indice row riga progressivo rank line".split())


def of_table(engine: Engine, table: Table) -> tuple[Metric, ...]:
    """A metric for each column of numbers or times in a file of totals, its likeliest rule first: averages weighted by
    the volume, sums as they add up and for each contact; empty for other files."""
    if table.mapping.kind != "daily":
        return ()
    found = []
    for use in table.mapping.columns:
        number = use.fate != "personal" and use.header and (use.numeric or use.timed)
        if number and not _names(use) and number_of(table, use.header) is not None:
            metric = of_column(engine, table, use.header)
            rules = _ordered(metric, volume=use.index == table.mapping.weight)
            found.append(replace(metric, rules=rules))
    return tuple(found)


def _names(use: ColumnUse) -> bool:
    """Whether a column of numbers names its rows: agent 12, week 3, row 7."""
    if use.role is not None and ROLES[use.role].type in {"id", "category", "time", "text"}:
        return True
    return set(tokens(use.header)) <= NUMBER | CALENDAR | _RUNNING


def _ordered(metric: Metric, *, volume: bool) -> tuple[Rule, ...]:
    known = {rule.name: rule for rule in metric.rules}
    wanted = ("sum",) if volume else ("weighted", "sum", "per_contact")
    return tuple(known[name] for name in wanted if name in known) or metric.rules


def groups(table: Table) -> tuple[str, ...]:
    """The columns whose values the totals may be of, by name: agents, teams, and the like."""
    roles = [use.header for use in table.mapping.columns if use.role and ROLES[use.role].type == "category"]
    own = [use.header for use in table.mapping.columns if use.fate == "segment" and not (use.numeric or use.timed)]
    return tuple(dict.fromkeys((*roles, *own)))


def whole(engine: Engine, table: Table, metric: Metric, rule: Rule, where: Sequence[Condition] = ()) -> Estimate:
    """What a column comes to in all the rows."""
    return measure(engine, table, metric, rule.name, where=where).estimates[0]


def trend(engine: Engine, table: Table, metric: Metric, rule: Rule, where: Sequence[Condition] = ()) -> Trend | None:
    """What a column comes to in each period; None without dates, or where all are of one period."""
    every = _every(table)
    if every is None:
        return None
    points = measure(engine, table, metric, rule.name, every=every, where=where).estimates
    if len(points) < 2:
        return None
    return Trend(
        metric.name, every, whole(engine, table, metric, rule, where), points, (None,) * len(points),
        partial_last=unfinished(table, points, every),
    )  # fmt: skip


def by_group(
    engine: Engine, table: Table, metric: Metric, rule: Rule, name: str, where: Sequence[Condition] = ()
) -> tuple[Estimate, ...]:
    """What a column comes to in each group, by the groups' names: no order of the best."""
    found = measure(engine, table, metric, rule.name, by=[name], where=where).estimates
    return tuple(sorted(found, key=lambda one: _in_order(one.by[0][1])))[:_MOST_GROUPS]


def _in_order(name: str | None) -> tuple[int, int, str]:
    text = name or ""
    return (0, int(text), "") if text.isdecimal() else (1, 0, text.casefold())


def _every(table: Table) -> Every | None:
    """The shortest period that makes a line and no thicket."""
    if table.period is None or when_of(table) is None:
        return None
    days = (table.period[1] - table.period[0]).days + 1
    return next((every for every in PERIODS if days / DAYS[every] <= MOST_POINTS), "quarter")
