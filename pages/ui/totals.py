"""Rows that hold totals: one number of them over time and by group, without an interval."""

from __future__ import annotations

import streamlit as st

from cxcore import charts, totals
from cxcore.language import Message, plain, say
from cxcore.metrics.base import Metric, Rule
from cxcore.values import Condition, Estimate, Table
from pages.ui import cached, cells, pictures, show, tell

Where = tuple[Condition, ...]
MOST_NUMBERS = 6
_FIELD = 284  # pixels


def held(table: Table) -> bool:
    """Whether the rows hold totals with a number to show."""
    return table.mapping.kind == "daily" and bool(totals.of_table(cached.engine(), table))


def summed(table: Table, where: Where) -> None:
    """Each of the first numbers in a line: what a file of totals comes to."""
    with cells.cell(say("What do the totals come to?")):
        for metric in totals.of_table(cached.engine(), table)[:MOST_NUMBERS]:
            tell.sentence(_sentence(metric, metric.rules[0], cached.total(table, where, metric.name, None)))
        _weighing(table)
        show.to_operators()


def cell(table: Table, where: Where) -> None:
    """One number of the totals, chosen: what it comes to, over time, by group."""
    with cells.cell(say("What do the totals say?")):
        metric, rule = _chosen(table)
        sentence = _sentence(metric, rule, cached.total(table, where, metric.name, rule.name))
        tell.sentence(sentence)
        trend = cached.total_trend(table, where, metric.name, rule.name)
        if trend is not None:
            pictures.show(
                table, where, (metric.name, rule.name), sentence,
                lambda lang, theme, alt: charts.of_trend(trend, metric, rule, lang, theme, alt), key="totals-chart",
            )  # fmt: skip
            cells.listing("totals", [say("period"), metric.title],
                          [(tell.told(cells.period(point.period, trend.every)), _value(point, rule))
                           for point in trend.points if point.period], say("Each period with its number"))  # fmt: skip
        _weighing(table)
        _groups(table, where, metric, rule)


def _chosen(table: Table) -> tuple[Metric, Rule]:
    metrics = {metric.name: metric for metric in totals.of_table(cached.engine(), table)}
    with st.container(horizontal=True, gap="small"):
        name = st.selectbox(tell.told(say("Number")), list(metrics), key="totals-number", width=_FIELD)
        metric = metrics[name or next(iter(metrics))]
        rules = {rule.name: rule for rule in metric.rules}
        labels = tell.labels({each: rule.title for each, rule in rules.items()})
        picked = st.selectbox(tell.told(say("Counted as")), list(rules), format_func=labels.__getitem__,
                              key=f"totals-rule-{name}", width=_FIELD)  # fmt: skip
    return metric, rules.get(picked or "", metric.rules[0])


def _sentence(metric: Metric, rule: Rule, whole: Estimate) -> Message:
    return say("{metric}: {value} ({meaning}).", metric=metric.title, value=cells.figure(whole.value, rule),
               meaning=rule.meaning)  # fmt: skip


def _weighing(table: Table) -> None:
    """What the numbers are worth: no interval, and what they are weighed by."""
    k = table.mapping.weight
    tell.aside(say("Each row holds totals, not single contacts: no interval can be drawn, and a difference may be"
                   " chance."))  # fmt: skip
    if k is not None:
        tell.aside(say("Averages are weighted by “{name}”; another column can be chosen on the page Data.",
                       name=table.mapping.columns[k].header))  # fmt: skip


def _groups(table: Table, where: Where, metric: Metric, rule: Rule) -> None:
    names = totals.groups(table)
    if not names:
        return
    name = st.selectbox(tell.told(say("Compare")), names, key="totals-groups", width=_FIELD)
    found = cached.total_groups(table, where, metric.name, rule.name, name or names[0])
    headers = [plain(name or names[0]), metric.title]
    lines = [(one.by[0][1] or "–", _value(one, rule)) for one in found]
    cells.lined_up("totals-groups", headers, lines, say("Each group with its number"))


def _value(one: Estimate, rule: Rule) -> str:
    return tell.told(cells.figure(one.value, rule))
