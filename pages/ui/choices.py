"""What a person chooses about one metric: which, under which rule, by which periods, towards which target."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cxcore.language import Message, say
from cxcore.metrics import Metric, Rule, offered
from cxcore.metrics.cells import scale_of, when_of
from cxcore.trend import PERIODS
from cxcore.values import Every, Table
from pages.ui import tell

_PERIODS: dict[Every, Message] = {
    "day": say("day"),
    "week": say("week"),
    "month": say("month"),
    "quarter": say("quarter"),
}
WIDE, NARROW = 284, 168  # pixels


@dataclass(frozen=True)
class Asked:
    """One metric as it is asked for on the page; `every` None leaves the choice of periods to the app."""

    metric: Metric
    rule: Rule
    every: Every | None
    target: float | None
    settings: tuple[tuple[str, str], ...] = ()


def asked(table: Table) -> Asked | None:
    """The metric, rule, periods and target chosen; None, and what is missing, where the table offers no metric."""
    metrics = {metric.name: metric for metric in offered(table)}
    if not metrics:
        tell.nothing_to_count(table)
        return None
    name = st.segmented_control(
        tell.told(say("Metric")),
        list(metrics),
        default=next(iter(metrics)),
        required=True,
        format_func=tell.labels({each: metric.title for each, metric in metrics.items()}).__getitem__,
        key="metric",
        bind="query-params",
    )
    metric = metrics.get(name or "", next(iter(metrics.values())))
    with st.container(horizontal=True, gap="small"):
        return Asked(metric, _rule(table, metric), periods(table), _target(table, metric))


def _rule(table: Table, metric: Metric) -> Rule:
    known = table.has("customer_id") and when_of(table) is not None
    rules = {rule.name: rule for rule in metric.rules if known or not rule.last_per_customer}
    chosen = st.selectbox(
        tell.told(say("Counted as")),
        list(rules),
        format_func=tell.labels({name: rule.title for name, rule in rules.items()}).__getitem__,
        key="rule",
        bind="query-params",
        width=WIDE,
    )
    return rules.get(chosen, metric.rules[0])


def periods(table: Table) -> Every | None:
    """The length of the periods chosen; None leaves it to the app."""
    if when_of(table) is None:
        return None
    return st.selectbox(
        tell.told(say("Period by")),
        PERIODS,
        index=None,
        format_func=tell.labels(_PERIODS).__getitem__,
        placeholder=tell.told(say("what fits")),
        key="every",
        bind="query-params",
        width=NARROW,
    )


def _target(table: Table, metric: Metric) -> float | None:
    if when_of(table) is None:
        return None
    low, high = metric.rules[0].bounds(scale_of(table, metric))
    return st.number_input(
        tell.told(say("Target (optional)")),
        min_value=low,
        max_value=high,
        value=None,
        key=f"target-{metric.name}",
        persist_state="session",
        width=NARROW,
    )
