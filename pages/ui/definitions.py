"""Every metric of the list: what it asks, what it needs, how it is computed, and what the table in use offers."""

from __future__ import annotations

import streamlit as st

from cxcore.language import Message, listed, plain, say
from cxcore.metrics import METRICS, Metric, Rule, offered
from cxcore.roles import ROLES
from cxcore.values import Table
from pages.ui import tell

_UNITS: dict[str, Message] = {
    "points": say("points, −100 to 100"),
    "%": say("percent, 0 to 100"),
    "scale": say("on the scale of the answers"),
    "number": say("a number"),
    "seconds": say("hours, minutes and seconds"),
    "cases": say("a count of cases"),
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
    default = metric.rules[0] if table is None else metric.default(table)
    tell.sentence(_rule(say("By default, {name}: {meaning} ({unit})."), default))
    for rule in metric.rules:
        if rule is not default:
            tell.sentence(_rule(say("Or {name}: {meaning} ({unit})."), rule))
    for sentence in _clocks(metric):
        tell.sentence(sentence)
    tell.sentence(_direction(metric))
    if metric.settings:
        named = [say("{name}, {meaning}", name=each.name, meaning=each.meaning) for each in metric.settings]
        tell.sentence(say("What may be set: {settings}.", settings=listed(named)))
    tell.sentence(_needs(metric))
    tell.sentence(say("Source: {source}.", source=metric.source))
    if table is None:
        tell.aside(say("Not measured by the file in use."))
        return
    read = [plain(table.header(role)) for role in _roles(metric, default) if table.has(role)]
    tell.sentence(say("In the file in use: {names}", names=listed(read)))


def _rule(text: Message, rule: Rule) -> Message:
    return Message(text.text, (("name", rule.title), ("meaning", rule.meaning), ("unit", _UNITS[rule.unit])))


def _clocks(metric: Metric) -> list[Message]:
    """When the clock starts and stops, once for all the rules that agree on it."""
    pairs = dict.fromkeys((rule.clock_start, rule.clock_stop) for rule in metric.rules)
    return [say("From: {start}. To: {stop}.", start=start, stop=stop) for start, stop in pairs if start and stop]


def _direction(metric: Metric) -> Message:
    if metric.direction > 0:
        return say("More is better.")
    return say("Less is better.") if metric.direction < 0 else say("Neither more nor less is better.")


def _needs(metric: Metric) -> Message:
    """The columns it is computed from; where other columns do as well, those too."""
    ways = [way for way in (metric.needs, *metric.instead) if way] or [rule.needs for rule in metric.rules]
    first, *others = [listed([ROLES[role].meaning for role in way]) for way in dict.fromkeys(ways)]
    found = say("It needs: {roles}.", roles=first)
    for other in others:
        found = say("{roles} Or: {others}.", roles=found, others=other)
    return found


def _roles(metric: Metric, rule: Rule) -> tuple[str, ...]:
    """The roles a metric may read, each once, in order."""
    return tuple(dict.fromkeys([*metric.needs, *(role for way in metric.instead for role in way), *rule.needs]))
