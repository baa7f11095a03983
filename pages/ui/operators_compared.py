"""Operators: teams, agents, channels and topics compared fairly, and what customers say after a slow first response."""

from __future__ import annotations

import hashlib
from functools import partial

import streamlit as st

from cxcore import charts_compared
from cxcore.durations import told
from cxcore.errors import CannotCompute
from cxcore.fairness import Compared, Comparison
from cxcore.findings import segments
from cxcore.handover import Handover
from cxcore.language import Message, listed, plain, say, say_many
from cxcore.metrics import METRICS, Metric, Rule
from cxcore.roles import ROLES
from cxcore.values import SMALL_GROUP, SMALL_SAMPLE, Condition, Table
from pages.ui import cached, cells, pictures, state, tell
from pages.ui.choices import WIDE, Asked

Where = tuple[Condition, ...]
_GROUPS = ("agent", "team", "channel", "topic", "product")
_ANSWERS = ("csat", "nps", "ces")
_WAITS = ("first_response", "wait", "resolution")
_FUNNEL = "funnel"


def fairly(table: Table, where: Where, asked: Asked) -> None:
    """Groups beside limits that hold whoever works like all; raw beside adjusted; nobody is ranked."""
    with cells.cell(say("Who works differently, beyond chance and the mix of work?")):
        names = _groups(table)
        if not names:
            tell.sentence(say("Not measured: no column names an agent, a team, a channel or a topic."))
            return
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            by = st.selectbox(
                tell.told(say("Compare")),
                list(names),
                format_func=tell.Labels(names).__getitem__,
                key="compare",
                bind="query-params",
                width=WIDE,
            )
            hidden = st.toggle(tell.told(say("Hide the names")), key="hide-names", persist_state="session")
        by = by if by in names else next(iter(names))
        try:
            found = cached.compared(table, where, asked.metric.name, asked.rule.name, by, asked.settings)
        except CannotCompute as unable:
            tell.sentence(unable.message)
            return
        _compared(table, where, asked, found, called(found, table, hidden=hidden))


def _groups(table: Table) -> dict[str, str]:
    """The columns whose groups can be compared, by role or name, with their headers: people and kinds of work first."""
    roles = [role for role in _GROUPS if table.has(role)]
    own = [name for name in segments(table) if name not in roles]
    return {name: table.header(name) if table.has(name) else name for name in (*roles, *own)}


def called(found: Comparison, table: Table, *, hidden: bool) -> dict[str | None, str]:
    """What each group is called on the page. Hidden names become numbers in an order that gives none away."""
    groups = [one.name for one in found.groups]
    if not hidden:
        return {name: name or "–" for name in groups}

    def shuffled(name: str | None) -> str:
        return hashlib.sha256(f"{table.fingerprint}{name}".encode()).hexdigest()

    return {
        name: tell.told(say("group {n}", n=k)) for k, name in enumerate(sorted(groups, key=shuffled), start=1)
    }  # fmt: skip


def _compared(table: Table, where: Where, asked: Asked, found: Comparison, names: dict[str | None, str]) -> None:
    tell.sentence(found.sentence)
    for line in _apart(found, names, asked.rule):
        tell.sentence(line)
    small = [one for one in found.groups if one.value is None and not one.alone]
    if small:
        tell.aside(say_many("{n} group has fewer than {least} cases and shows its count only.",
                            "{n} groups have fewer than {least} cases and show their counts only.", len(small),
                            least=SMALL_GROUP))  # fmt: skip
    shown = [one for one in found.groups if one.value is not None]
    what = (found.metric, found.rule, found.by, asked.settings, tuple(names.values()))
    if len(shown) > 1:
        pictures.show(
            table,
            where,
            what,
            found.sentence,
            lambda lang, theme, alt: charts_compared.of_funnel(found, names, lang, theme, alt),
            key=_FUNNEL,
            on_select=partial(state.pick_group, _FUNNEL),
        )
        tell.aside(
            say("The funnel holds groups that work like all, whatever their number of cases; a diamond lies outside.")
        )
        beside = _mix_sentence(found, names, asked.rule)
        tell.sentence(beside)
        pictures.show(
            table,
            where,
            what,
            beside,
            lambda lang, theme, alt: charts_compared.of_mix(found, names, lang, theme, alt),
            key="raw-and-adjusted",
        )
    lang = state.language()
    order = sorted(found.groups, key=lambda one: _in_order(names[one.name]))
    cells.listing(
        "compared",
        [say("group"), say("cases"), say("raw"), say("adjusted"), say("95 % interval"), say("drawn to the whole")],
        [(names[one.name], one.n, charts_compared.told(one.raw, found.unit, lang),
          charts_compared.told(one.value, found.unit, lang), _interval(one, asked.rule),
          charts_compared.told(one.drawn, found.unit, lang)) for one in order],
        say("Each group with its raw and its adjusted figure, in the order of names"),
    )  # fmt: skip
    notes = [
        found.ground,
        say("Left out of the comparison: {n} rows without a group or a value.", n=found.left_out),
        say("Limits: all groups that work alike lie inside in 19 of 20 files (Bonferroni; Spiegelhalter, Statistics in"
            " Medicine 24, 2005). Adjusted: indirect standardisation (Breslow & Day, 1987)."),
    ]  # fmt: skip
    cells.ground(table, asked.metric, asked.rule, where, by=found.by, settings=asked.settings, notes=notes)
    _rows(table, where, found, names)


def _in_order(name: str) -> tuple[int, str]:
    return len(name) if name[-1:].isdigit() else 0, name


def _interval(one: Compared, rule: Rule) -> str:
    if one.low is None or one.high is None:
        return "–"
    return tell.told(say("{low} to {high}", low=cells.span(one.low, rule), high=cells.figure(one.high, rule)))


def _apart(found: Comparison, names: dict[str | None, str], rule: Rule) -> list[Message]:
    """Who lies outside the limits, in the order of names: those are told, and only those."""
    outside = [one for one in found.groups if one.apart is not None]
    lines = []
    for side, sentence in (("above", say("Above the limits: {names}.")), ("below", say("Below the limits: {names}."))):
        there = [
            say("{name} ({value}, of {n} cases)", name=names[one.name], value=cells.figure(one.value, rule), n=one.n)
            for one in outside
            if one.apart == side
        ]
        if there:
            lines.append(sentence.about(names=listed(there)))
    return lines


def _mix_sentence(found: Comparison, names: dict[str | None, str], rule: Rule) -> Message:
    """How far evening out the mix of work moves the group it moves most."""
    if not found.adjusted_for:
        return say("No column tells kinds of work apart, so the raw figures stand as they are.")
    shown = [one for one in found.groups if one.value is not None and one.raw is not None]
    most = max(shown, key=lambda one: abs((one.value or 0.0) - (one.raw or 0.0)))
    return say(
        "With the same mix of work for everybody ({mix}) no figure moves more than that of {name}: from {raw} to"
        " {value}.",
        mix=listed([ROLES[role].meaning for role in found.adjusted_for]), name=names[most.name],
        raw=cells.figure(most.raw, rule), value=cells.figure(most.value, rule),
    )  # fmt: skip


def _rows(table: Table, where: Where, found: Comparison, names: dict[str | None, str]) -> None:
    known = {names[one.name]: one.name for one in found.groups if one.value is not None and one.name is not None}
    cells.rows_of_a_group(table, where, found.by, {name: known[name] for name in sorted(known, key=_in_order)})


def handed_over(table: Table, where: Where, asked: Asked) -> None:
    """How satisfaction goes with the time before it, where answers and times are in one file or joined."""
    with cells.cell(say("Are customers who wait longer less satisfied?")):
        ratings = [METRICS[name] for name in _ANSWERS if METRICS[name].offered(table)]
        delays = [METRICS[name] for name in _WAITS if METRICS[name].offered(table)]
        if not ratings or not delays:
            tell.sentence(
                say("Not measured: this needs how long customers waited and what they answered in a survey, in one file"
                    " or in two with the same contact or customer number.")
            )  # fmt: skip
            return
        with st.container(horizontal=True, gap="small"):
            delay = _pick(delays, "handover-time", say("Time"))
            rating = _pick(ratings, "handover-rating", say("Answer"))
        settings = asked.settings if delay is asked.metric else ()
        found = cached.handed_over(table, where, delay.name, rating.name, settings)
        if found.n < SMALL_SAMPLE or not found.line:
            tell.sentence(say_many("{n} answer with a time before it: too few to show how they go together.",
                                   "{n} answers with a time before them: too few to show how they go together.",
                                   found.n))  # fmt: skip
            return
        sentence = _handover_sentence(found, delay, rating)
        tell.sentence(sentence)
        title, answer = tell.told(delay.title), tell.told(say("answer ({metric})", metric=rating.title))
        pictures.show(
            table,
            where,
            (delay.name, rating.name, settings),
            sentence,
            lambda lang, theme, alt: charts_compared.of_handover(found, title, answer, lang, theme, alt),
            key="handover",
        )
        tell.aside(say("What goes together need not cause: hard cases take longer and please less, whoever answers."))
        cells.listing(
            "handover",
            [say("time"), say("mean answer"), say("95 % interval")],
            [(tell.told(told(p.seconds)), tell.told(say("{value:2}", value=p.value)),
              tell.told(say("{low:2} to {high:2}", low=p.low, high=p.high))) for p in found.line[::6]],
            say("The line with its interval"),
        )  # fmt: skip
        notes = [say("Line: a natural cubic spline with five knots on the logarithm of the time, its 95 % band"
                     " pointwise (Harrell, Regression Modeling Strategies, 2015).")]  # fmt: skip
        if found.zeros:
            notes.append(say_many("{n} answer after 0 s is left out: it has no place on this axis.",
                                  "{n} answers after 0 s are left out: they have no place on this axis.",
                                  found.zeros))  # fmt: skip
        cells.ground(table, delay, delay.default(table, settings), where, settings=settings, notes=notes)


def _pick(metrics: list[Metric], key: str, label: Message) -> Metric:
    """One of several metrics; no choice is shown where there is one."""
    if len(metrics) == 1:
        return metrics[0]
    names = {metric.name: metric.title for metric in metrics}
    name = st.selectbox(
        tell.told(label), list(names), format_func=tell.labels(names).__getitem__, key=key, persist_state="session",
        width=WIDE,
    )  # fmt: skip
    return next((metric for metric in metrics if metric.name == name), metrics[0])


def _handover_sentence(found: Handover, delay: Metric, rating: Metric) -> Message:
    fast, slow = found.fast, found.slow
    if fast is None or slow is None:
        return plain("")
    facts = {
        "rating": rating.title, "delay": delay.title, "fast": told(fast.seconds), "slow": told(slow.seconds),
        "before": fast.value, "after": slow.value, "low": fast.low, "high": fast.high, "lower": slow.low,
        "higher": slow.high,
    }  # fmt: skip
    if found.falls is None:
        return say(
            "No clear link: the mean answer ({rating}) is {before:2} (95 % interval {low:2} to {high:2}) after {fast},"
            " and {after:2} ({lower:2} to {higher:2}) after {slow} ({delay}).",
            **facts,
        )
    if found.falls:
        return say(
            "Yes: the mean answer ({rating}) is {before:2} (95 % interval {low:2} to {high:2}) after {fast}, and only"
            " {after:2} ({lower:2} to {higher:2}) after {slow} ({delay}).",
            **facts,
        )
    return say(
        "The other way round: the mean answer ({rating}) is {before:2} (95 % interval {low:2} to {high:2}) after"
        " {fast}, and {after:2} ({lower:2} to {higher:2}) after {slow} ({delay}).",
        **facts,
    )
