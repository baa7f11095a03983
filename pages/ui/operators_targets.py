"""Operators: what a number is meant to reach, who answers for it, how much of it was kept, and the slowest breaches."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cxcore import charts, targets
from cxcore.durations import spelled, unit_of
from cxcore.language import Message, say, say_many, words
from cxcore.metrics.cells import when_of
from cxcore.targets import TOOK, WITHIN
from cxcore.values import Condition, Table, Target, Trend
from pages.ui import cached, cells, desk_choices, pictures, state, tell
from pages.ui.choices import NARROW, WIDE, Asked

Where = tuple[Condition, ...]
SLOWEST = 10


def kept(table: Table, where: Where, asked: Asked) -> None:
    """The target: set, drawn, held against, and the rows behind its worst breaches."""
    with cells.cell(say("Is the target kept?")):
        target = desk_choices.target_of(asked.metric)
        _choose(table, asked, target)
        if target is None:
            tell.sentence(say("No target is set for this number yet."))
            return
        dated = when_of(table, asked.metric, asked.rule) is not None
        trends = ()
        if dated:
            trends = cached.trends(table, where, asked.metric.name, asked.rule.name, asked.every, asked.settings)
        every = trends[0].every if trends else None
        whole = cached.held(table, where, target, None, asked.settings)
        tell.sentence(whole.sentence)
        if target.owner:
            tell.sentence(say("Who answers for it: {name}.", name=target.owner))
        if asked.rule.unit == "seconds" and every is not None:
            _over_time(table, where, asked, target, cached.held(table, where, target, every, asked.settings), trends[0])
        if whole.breaches:
            _slowest(table, where, asked, target, whole)
        cells.ground(table, asked.metric, asked.rule, where, settings=asked.settings, notes=[whole.ground])


def _choose(table: Table, asked: Asked, target: Target | None) -> None:
    """The target as a form; kept with the workspace until it is taken away or the data are deleted."""
    timed = asked.rule.unit == "seconds"
    (whole, *_), _, _ = cached.estimates_of(table, (), asked.metric.name, asked.rule.name, None, asked.settings)
    size, unit = unit_of(whole.value or 60.0) if timed else (1.0, None)
    key = f"target-{asked.metric.name}-{size:g}"
    with st.form(f"{key}-form", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        limit = st.number_input(
            tell.told(say("At most, in {unit}", unit=unit) if unit is not None else _aim(asked)),
            min_value=0.0,
            max_value=100.0 if asked.rule.unit == "%" else None,
            value=None if target is None else target.limit / size,
            key=key,
            width=NARROW,
        )
        share = None
        if timed:
            share = st.number_input(
                tell.told(say("For at least (% of cases)")), 1.0, 100.0, 80.0 if target is None else target.share, 1.0,
                "%.0f", key=f"{key}-share", width=NARROW,
            )  # fmt: skip
        owner = st.text_input(
            tell.told(say("Who answers for it")), "" if target is None else target.owner, key=f"{key}-owner", width=WIDE
        )
        put = st.form_submit_button(tell.told(say("Keep this target")), key=f"{key}-keep")
        away = target is not None and st.form_submit_button(tell.told(say("Take it away")), key=f"{key}-drop")
    facts = cached.workspace().facts
    if away:
        facts.drop_target(asked.metric.name)
        st.rerun()
    if put and limit is not None:
        facts.set_target(Target(asked.metric.name, float(limit) * size, owner.strip(), share))
        st.rerun()


def _aim(asked: Asked) -> Message:
    if asked.metric.direction > 0:
        return say("At least (%)") if asked.rule.unit == "%" else say("At least")
    return say("At most (%)") if asked.rule.unit == "%" else say("At most")


def _over_time(table: Table, where: Where, asked: Asked, target: Target, held: cached.Kept, trend: Trend) -> None:
    """The share within the target in each period, with its interval."""
    points = held.estimates
    shown = [point for point in points if point.value is not None]
    if len(shown) < 2:
        return
    last = shown[-1]
    sentence = say(
        "In the last period with enough cases, {period}: {value} within the target ({ground}).",
        period=cells.period(last.period, trend.every), value=cells.figure(last.value, WITHIN),
        ground=cells.based_on(last, replace(WITHIN, reasons=asked.rule.reasons)),
    )  # fmt: skip
    tell.sentence(sentence)
    metric = replace(asked.metric, title=WITHIN.title)
    series = Trend(asked.metric.name, trend.every, held.estimates[0], points, (None,) * len(points))
    pictures.show(
        table,
        where,
        (target, trend.every, asked.settings),
        sentence,
        lambda lang, theme, alt: charts.of_trend(series, metric, WITHIN, lang, theme, alt, target.share),
        key="target-trend",
    )
    lang = state.language()
    cells.listing(
        "target",
        [say("period"), WITHIN.title, say("cases")],
        [(words(cells.period(p.period, trend.every), lang), charts.described(p, WITHIN, lang), p.n) for p in points],
        say("Each period with its share within the target"),
    )


def _slowest(table: Table, where: Where, asked: Asked, target: Target, held: cached.Kept) -> None:
    """The rows of the slowest breaches, with how long each took."""
    found = cached.slowest(table, where, target, asked.settings, SLOWEST)
    if found.hidden:
        tell.sentence(
            say_many("{n} row: too few to show without singling people out.",
                     "{n} rows: too few to show without singling people out.", found.total)
        )  # fmt: skip
        return
    tell.sentence(say_many("The slowest case, {n} of {all} breaches:", "The slowest {n} of {all} breaches:",
                           len(found.frame), all=held.breaches))  # fmt: skip
    lang = state.language()
    frame = found.frame.copy()
    took = frame.pop(TOOK)
    frame.insert(0, words(say("took"), lang), [spelled(float(seconds), lang) for seconds in took])
    st.dataframe(frame, hide_index=True, key="slowest", alt=tell.told(say("The slowest breaches, the slowest first")))
    engine = cached.engine()
    cells.download_rows(
        lambda: targets.slowest(engine, table, target, where=where, settings=asked.settings, limit=table.rows_read),
        table,
        where,
        (target, asked.settings),
        "slowest",
    )
