"""Every metric of the list: what it asks, what it needs, how it is computed, and what the table in use offers."""

from __future__ import annotations

import streamlit as st

from cxcore.language import Message, listed, plain, say
from cxcore.metrics import METRICS, Metric, Rule, offered
from cxcore.roles import ROLES
from cxcore.values import Table
from pages.ui import choices, tell

_UNITS: dict[str, Message] = {
    "points": say("points, −100 to 100"),
    "%": say("percent, 0 to 100"),
    "scale": say("on the scale of the answers"),
    "number": say("in the unit of the column"),
    "seconds": say("in seconds"),
    "cases": say("a number of cases"),
}


def all_metrics(table: Table | None) -> None:
    """A box a metric, in the order of the list."""
    there = {metric.name for metric in (*offered(table), *offered(table, "desk"))} if table else set()
    for metric in METRICS.values():
        with st.container(border=True):
            st.header(tell.told(metric.title), anchor=False)
            _metric(metric, table if metric.name in there else None)


def _metric(metric: Metric, table: Table | None) -> None:
    tell.sentence(metric.question)
    for rule in metric.rules:
        tell.sentence(_rule(metric, rule))
    tell.sentence(_direction(metric))
    tell.sentence(say("It needs: {roles}.", roles=listed([ROLES[role].meaning for role in metric.needs])))
    tell.sentence(say("Source: {source}.", source=metric.source))
    if table is not None:
        names = [plain(table.header(role)) for role in metric.needs]
        tell.sentence(say("In the file in use: {names}", names=listed(names)))
    else:
        tell.aside(say("Not measured by the file in use."))


def _rule(metric: Metric, rule: Rule) -> Message:
    text = (
        say("By default, {name}: {meaning} ({unit}).")
        if rule is metric.rules[0]
        else say("Or {name}: {meaning} ({unit}).")
    )
    facts = {"name": choices.rule_name(rule), "meaning": rule.meaning, "unit": _UNITS[rule.unit]}
    return Message(text.text, tuple(facts.items()))


def _direction(metric: Metric) -> Message:
    if metric.direction > 0:
        return say("More is better.")
    return say("Less is better.") if metric.direction < 0 else say("Neither more nor less is better.")
