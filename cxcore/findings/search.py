"""The search of a whole table: which series and groups are looked at, and what is kept of them.

Every series (a metric overall, and in each group of each segment) is searched for a change of level: these tests form
one family, and the false discovery rate is controlled over it, so that a file in which nothing changed claims a change
in at most 5 % of cases (`tests/bench`). Every group is compared with the rest: another family, since groups that
differ, as they mostly do, must not make changes easier to claim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cxcore.engine import Engine
from cxcore.findings.contrasts import against_the_rest
from cxcore.findings.family import Candidate, claimed
from cxcore.findings.shifts import shifts, with_siblings
from cxcore.findings.stories import without_echoes
from cxcore.mapping.headers import tokens
from cxcore.mapping.words import CALENDAR
from cxcore.metrics import METRICS, offered
from cxcore.metrics.base import Metric
from cxcore.metrics.measure import measure
from cxcore.metrics.select import column_of
from cxcore.metrics.slow import slower_than_usual
from cxcore.roles import ROLES
from cxcore.trend import fitting, trends
from cxcore.values import Condition, Estimate, Every, Finding, Table, Trend

MOST_GROUPS = 20  # a segment with more groups than this is a list, not a comparison
SEGMENTS = 8  # segments searched, roles first


def segments(table: Table) -> tuple[str, ...]:
    """The columns worth splitting by, by name: roles of people and place first, then the file's own segments; none that
    says the same of every row, and none of months or weekdays: it repeats the date, the trend tells it better, and
    every further test weakens the others."""
    skipped = {"agent", "language", "variant", "phase", "status"}
    columns = [use for use in table.mapping.columns if not use.constant]
    categories = [use.role for use in columns if use.role and use.fate == "role" and use.role not in skipped]
    roles = [use.role for use in table.mapping.roles if use.role in categories and ROLES[use.role].type == "category"]
    own = [use.header for use in columns if use.fate == "segment" and not CALENDAR & set(tokens(use.header))]
    return (*roles, *own)[:SEGMENTS]


def of_table(
    engine: Engine,
    table: Table,
    where: Sequence[Condition] = (),
    step: Callable[[str, int], None] | None = None,
    known: Sequence[Trend] = (),
) -> tuple[Finding, ...]:
    """What is worth knowing about a table, the weightiest first; empty where nothing survives the search. `known` are
    trends of its scores under their default rules, where they were made already."""
    searched = {metric.name: metric for metric in _searched(engine, table, where)}
    if not searched:
        return ()
    metrics = tuple(searched.values())
    overall = [trend for trend in known if trend.metric in searched and not searched[trend.metric].desk]
    every = _period(engine, table, metrics, where, overall)
    named = {trend.metric for trend in overall}
    others = [metric for metric in metrics if metric.name not in named]
    series = [*overall, *trends(engine, table, others, every=every, where=where)]
    fixed = {column_of(table, one.column) for one in where if one.comparison == "="}
    splits = []
    for k, name in enumerate(segments(table)):
        if column_of(table, name) in fixed:
            continue  # one group is left of it
        if step:
            step(name, k)
        splits.append(_splits(engine, table, metrics, name, every, where))
    series += [trend for split in splits for trend in split]
    found = [*changes(series, table, searched), *differences(splits, table, searched)]
    return tuple(sorted(found, key=lambda finding: -finding.weight))


def _period(
    engine: Engine, table: Table, metrics: Sequence[Metric], where: Sequence[Condition], known: Sequence[Trend]
) -> Every | None:
    """The period of all the series; None without dates."""
    if known:
        return known[0].every
    return fitting(engine, table, metrics, where) if table.period else None


def _searched(engine: Engine, table: Table, where: Sequence[Condition]) -> tuple[Metric, ...]:
    """The metrics to search, each with the one rule it is searched under: the surveys', then the desk's that are shares
    of cases, and its times as the share that took longer than usual. Counts of open cases and of customers' contacts
    run on from one period into the next, and are not tested."""
    found: list[Metric | None] = []
    for metric in offered(table, "desk"):
        rule = metric.default(table)
        timed = any(one.unit == "seconds" for one in metric.rules)
        share = replace(metric, rules=(rule,)) if rule.family == "share" else None
        found.append(slower_than_usual(engine, table, metric, where) if timed else share)
    return (*offered(table), *(metric for metric in found if metric is not None))


def changes(series: Sequence[Trend], table: Table, metrics: Mapping[str, Metric] = METRICS) -> list[Finding]:
    """The changes of level in these series that survive the search, each told once."""
    return without_echoes(with_siblings(claimed(shifts(series, table, metrics))))


def differences(
    splits: Sequence[Sequence[Trend]], table: Table, metrics: Mapping[str, Metric] = METRICS
) -> list[Finding]:
    """The groups of these segments that stand out from the rest and survive the search."""
    family: list[Candidate] = []
    for split in splits:
        for name in dict.fromkeys(trend.metric for trend in split):
            family += against_the_rest([trend for trend in split if trend.metric == name], metrics[name], table)
    return claimed(family)


def _splits(
    engine: Engine, table: Table, metrics: Sequence[Metric], name: str, every: Every | None, where: Sequence[Condition]
) -> list[Trend]:
    """The trend of each metric in each group of a segment; without dates one point that is the whole."""
    if every is None:
        return [
            Trend(m.name, "quarter", e, (e,), (None,), by=e.by)
            for m in metrics
            for e in _whole_groups(engine, table, m, name, where)
        ]
    split = trends(engine, table, metrics, every=every, by=name, where=where)
    return [trend for trend in split if trend.by[0][1] is not None] if _few(split) else []


def _whole_groups(
    engine: Engine, table: Table, metric: Metric, name: str, where: Sequence[Condition]
) -> list[Estimate]:
    found = [e for e in measure(engine, table, metric, by=[name], where=where).estimates if e.by[0][1] is not None]
    return found if 2 <= len(found) <= MOST_GROUPS else []


def _few(split: Sequence[Trend]) -> bool:
    groups = {trend.by for trend in split}
    return 2 <= len(groups) <= MOST_GROUPS
