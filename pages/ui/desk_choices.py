"""What a person chooses about a number of the desk's work: which, under which rule, by which clock, towards what."""

from __future__ import annotations

import streamlit as st

from cxcore.clock import OFFICE_HOURS
from cxcore.errors import CxError
from cxcore.language import Message, say
from cxcore.metrics import Metric, Rule, offered
from cxcore.metrics.desk import clocked
from cxcore.metrics.settings import HOME, chosen, timed
from cxcore.values import Table, Target
from pages.ui import cached, tell
from pages.ui.choices import NARROW, WIDE, Asked, periods

_CLOCKS: dict[str, Message] = {"calendar": say("calendar time"), "business": say("business hours")}
_SETTINGS: dict[str, Message] = {
    "within": say("In time is within (seconds)"),
    "threshold": say("Short abandon is within (seconds)"),
    "window": say("Comes back within (days)"),
}


def metrics(table: Table) -> tuple[Metric, ...]:
    """The numbers of the desk's work this table offers. Answers of a survey are no contacts, so are not counted as
    such."""
    answers = table.mapping.kind == "responses" and not table.has("created_at")
    return () if answers else offered(table, "desk")


def asked(table: Table) -> Asked:
    """The number, rule, clock and periods chosen, with the target that is set, for a table that offers some."""
    there = {metric.name: metric for metric in metrics(table)}
    name = st.segmented_control(
        tell.told(say("Number")),
        list(there),
        default=next(iter(there)),
        required=True,
        format_func=tell.labels({each: metric.title for each, metric in there.items()}).__getitem__,
        key="measure",
        bind="query-params",
    )
    metric = there.get(name or "", next(iter(there.values())))
    with st.container(horizontal=True, gap="small"):
        settings = (*_clock(table, metric), *_numbers(metric))
        rule = _rule(table, metric, settings)
        every = periods(table)
    target = target_of(metric)
    return Asked(metric, rule, every, target.limit if target else None, settings)


def _rule(table: Table, metric: Metric, settings: cached.Settings) -> Rule:
    rules = {rule.name: rule for rule in metric.rules_of(table, settings)}
    name = st.selectbox(
        tell.told(say("Counted as")),
        list(rules),
        format_func=tell.labels({each: rule.title for each, rule in rules.items()}).__getitem__,
        key="counted",
        bind="query-params",
        width=WIDE,
    )
    return rules.get(name, next(iter(rules.values())))


def _clock(table: Table, metric: Metric) -> cached.Settings:
    """The clock, for numbers measured from one time to another; none said leaves calendar time in force."""
    if not timed(metric) or len(clocked(metric, table)) < 2:
        return ()
    kind = st.selectbox(
        tell.told(say("Clock")),
        list(_CLOCKS),
        format_func=tell.labels(_CLOCKS).__getitem__,
        key="clock",
        bind="query-params",
        width=NARROW,
    )
    if kind != "business":
        return ()
    hours = st.text_input(
        tell.told(say("Business hours")), OFFICE_HOURS, key="hours", bind="query-params", width=WIDE,
        help=tell.told(say("For example: mon-fri/09:00-13:00,14:00-18:00;sat/09:00-12:00")),
    )  # fmt: skip
    place = st.text_input(
        tell.told(say("Public holidays of")), HOME.get(table.mapping.zone or "", "IT"), key="holidays",
        bind="query-params", width=NARROW,
        help=tell.told(say("A country, or a country and a region: IT, IT-BZ, DE-BY; none for no holidays.")),
    )  # fmt: skip
    settings = (("clock", "business"), ("hours", hours or OFFICE_HOURS), ("holidays", place or "none"))
    try:
        chosen(metric, settings, table)
    except CxError as error:
        tell.trouble(error.message, error.hint)
        return ()
    return settings


def _numbers(metric: Metric) -> cached.Settings:
    found = []
    for setting in metric.settings:
        if setting.default is None or setting.name not in _SETTINGS:
            continue
        value = st.number_input(
            tell.told(_SETTINGS[setting.name]), min_value=0.0, value=setting.default, step=1.0, format="%.0f",
            key=f"set-{metric.name}-{setting.name}", persist_state="session", width=WIDE,
        )  # fmt: skip
        if value != setting.default:
            found.append((setting.name, f"{value:g}"))
    return tuple(found)


def target_of(metric: Metric) -> Target | None:
    """The target that is set for a number."""
    return next((target for target in cached.workspace().facts.targets() if target.metric == metric.name), None)
