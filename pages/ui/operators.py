"""The first cells of the page Operators: how a number moved, where in the week, how its times spread."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cxcore import charts, charts_desk
from cxcore.charts_desk import Square
from cxcore.delays import Spread
from cxcore.durations import told
from cxcore.language import Message, listed, number, plain, say, say_many, words
from cxcore.mapping.fold import SOLVED
from cxcore.metrics.cells import when_of
from cxcore.metrics.ledger import still_open_told
from cxcore.roles import ROLES
from cxcore.values import SMALL_SAMPLE, Condition, Estimate, Table, Trend
from pages.ui import cached, cells, changes, desk_choices, files, filters, pictures, state, tell, totals, upload
from pages.ui.choices import Asked

Where = tuple[Condition, ...]
_LIGHTS_UP = ("created_at", "first_response_at", "resolved_at", "wait_duration", "handle_duration", "status")
_CHART = "desk-trend"


def needed() -> Table | None:
    """The table in use, if it tells of the desk's work; else None, and what its totals come to, or what would light the
    page up."""
    table = files.of_contacts()
    if table is not None and desk_choices.metrics(table):
        own = state.file()
        if own is not None and own.raw.sha256 != table.raw.sha256:
            tell.sentence(say("{n} rows of {name}, with what the answers say of them.", n=table.rows_used,
                              name=table.raw.name))  # fmt: skip
        return table
    if table is not None and totals.held(table):
        totals.cell(table, filters.choose(table))
        return None
    lights = listed([ROLES[role].meaning for role in _LIGHTS_UP])
    if table is None:
        tell.empty(
            say("Nothing to show yet: this page lights up once there is a file with a row for each contact or case."),
            say("Columns it lives on: {columns}.", columns=lights),
        )
    elif any(question.about == SOLVED for question in table.mapping.questions):
        tell.empty(
            say("The file in use tells the states of cases, and not which of them means that a case is solved."),
            say("Say so on the page Data, and this page lights up."),
        )
    else:
        tell.empty(
            say("The file in use tells nothing of how contacts were handled, so there is nothing to count here."),
            say("Columns this page lives on: {columns}.", columns=lights),
        )
    upload.sample_of_the_desk()
    return None


def changed(table: Table, where: Where, asked: Asked) -> None:
    """How a number moved over time, what the desk does as a whole, and the rows behind a point."""
    metric, rule = asked.metric, asked.rule
    with cells.cell(metric.question):
        (whole, *_), _, _ = cached.estimates_of(table, where, metric.name, rule.name, None, asked.settings)
        standing = _standing(table, where, asked, whole)
        tell.sentence(standing)
        dated = when_of(table, metric, rule)
        trends = ()
        if dated is None:
            tell.sentence(say("No column says when, so nothing can be said of change."))
        else:
            trends = cached.trends(table, where, metric.name, rule.name, asked.every, asked.settings)
        if trends:
            trend = trends[0]
            latest = changes.latest(trend, metric, rule)
            tell.sentence(latest)
            _against_target(trend, asked)
            _picture(table, where, trend, asked, latest)
            lang = state.language()
            cells.listing(
                "desk-trend",
                [say("period"), metric.title, say("cases")],
                [(words(cells.period(p.period, trend.every), lang), charts.described(p, rule, lang), p.n)
                 for p in trend.points],
                say("Each period with its number"),
            )  # fmt: skip
        cells.ground(
            table, metric, rule, where, every=trends[0].every if trends else None, settings=asked.settings
        )  # fmt: skip
        if trends:
            _point(table, where, trends[0], dated)


def _standing(table: Table, where: Where, asked: Asked, whole: Estimate) -> Message:
    """The number as a whole, in a sentence; of times also what nine in ten stay below."""
    metric, rule = asked.metric, asked.rule
    facts = {"metric": metric.title, "value": cells.figure(whole.value, rule), "ground": cells.based_on(whole, rule)}
    if whole.value is None:
        return say("{metric}: {ground}.", **facts)
    late = _late_rule(table, asked)
    if late is None:
        return say("{metric}: {value} ({ground}).", **facts)
    (nine, *_), _, _ = cached.estimates_of(table, where, metric.name, late, None, asked.settings)
    if nine.value is None:
        return say("{metric}: {value} ({ground}). Too many cases are open to say what nine in ten stay below.", **facts)
    return say("{metric}: {value} ({ground}); nine in ten stay below {late}.", **facts, late=told(nine.value))


def _late_rule(table: Table, asked: Asked) -> str | None:
    """The rule that says what nine in ten stay below, beside a mean or a median of the same times."""
    names = {rule.name: rule for rule in asked.metric.rules_of(table, asked.settings)}
    alike = {"mean", "median"}
    return "p90" if asked.rule.name in alike and "p90" in names else None


def _against_target(trend: Trend, asked: Asked) -> None:
    if asked.target is None:
        return
    shown = [point for point in trend.points if point.value is not None]
    target = asked.target
    met = [p for p in shown if ((p.value or 0.0) >= target) == (asked.metric.direction > 0) or p.value == target]
    tell.sentence(
        say_many("The target of {target} was met in {met} of {n} period.",
                 "The target of {target} was met in {met} of {n} periods.", len(shown), met=len(met),
                 target=cells.figure(target, asked.rule))
    )  # fmt: skip


def _picture(table: Table, where: Where, trend: Trend, asked: Asked, sentence: Message) -> None:
    if sum(point.value is not None for point in trend.points) < 2:
        return  # one point is a number, and the sentence has it
    name = _late_rule(table, asked)
    late = None
    if name is not None:
        late = next(iter(cached.trends(table, where, trend.metric, name, trend.every, asked.settings)), None)
    pictures.show(
        table,
        where,
        (asked.metric.name, asked.rule.name, trend.every, asked.target, asked.settings),
        sentence,
        lambda lang, theme, alt: charts.of_trend(trend, asked.metric, asked.rule, lang, theme, alt, asked.target, late),
        key=_CHART,
        on_select=partial(state.pick_point, _CHART),
    )
    if asked.rule.family != "stock":
        tell.aside(changes.legend(trend))
    _, _, terms = cached.estimates_of(table, where, asked.metric.name, asked.rule.name, None, asked.settings)
    if terms is not None and terms.clock is not None:
        tell.aside(say("Clock: {clock}.", clock=terms.clock))
    if terms is not None and terms.open is not None and terms.open.n:
        tell.aside(still_open_told(terms.open))


def _point(table: Table, where: Where, trend: Trend, dated: str | None) -> None:
    starts = [point.period for point in trend.points if point.period and point.n]
    start = st.selectbox(
        tell.told(say("Rows behind a point: click it, or choose its period here")),
        starts[::-1],
        index=None,
        format_func=tell.labels({day: cells.period(day, trend.every) for day in starts}).__getitem__,
        placeholder=tell.told(say("no period chosen")),
        key="point",
    )
    if start is not None:
        cells.rows_behind(table, where, "point", every=trend.every, start=start, dated=dated)


def in_the_week(table: Table, where: Where, asked: Asked) -> None:
    """When contacts arrive, and at which hours the number is at its worst."""
    with cells.cell(say("At which hours does work arrive, and when does it go slowly?")):
        held = cached.arriving(table, where)
        if held is None:
            tell.sentence(say("No column says at what time of the day a contact began."))
            return
        lang, busiest = state.language(), held.busiest
        arrive = say(
            "Most contacts arrive on {day:weekday} between {start}:00 and {end}:00: {n:1} an hour on average.",
            day=charts_desk.a_day(busiest.weekday), start=busiest.hour, end=busiest.hour + 1,
            n=busiest.per_hour,
        )  # fmt: skip
        tell.sentence(arrive)
        slow = cached.hours(table, where, asked.metric.name, asked.rule.name, asked.settings)
        enough = [one for one in slow if one.value is not None and one.n >= SMALL_SAMPLE]
        sentence = _slowest(asked, enough)
        tell.sentence(sentence)
        left, right = st.columns(2, gap="medium")
        with left:
            squares = [Square(h.weekday, h.hour, h.per_hour, number(h.per_hour, lang, 1)) for h in held.hours]
            _week(table, where, (), squares, say("contacts an hour"), arrive, "arrivals")
        with right:
            if enough:
                drawn = [_square(one, asked) for one in slow if one.value is not None]
                what = (asked.metric.name, asked.rule.name, asked.settings)
                times = asked.rule.unit == "seconds"
                title = asked.metric.title if times else plain(charts.axis(asked.metric, asked.rule, lang))
                _week(table, where, what, drawn, title, sentence, "slow-hours", times=times)
        tell.aside(say("One hour of many is always the slowest: look for neighbours that go together, not one square."))
        known = {one.by: one for one in slow}
        cells.listing(
            "week",
            [say("weekday"), say("hour of the day"), say("contacts"), say("contacts an hour"), asked.metric.title],
            [(charts_desk.weekday(h.weekday, lang), f"{h.hour:02}–{h.hour + 1:02}", h.n, number(h.per_hour, lang, 1),
              _described(known.get((("weekday", str(h.weekday)), ("hour", str(h.hour)))), asked))
             for h in held.hours],
            say("Each hour of the week with its contacts"),
        )  # fmt: skip
        notes = [say("Contacts an hour: all contacts of that hour of the week ÷ such days from {first} to {last}.",
                     first=held.first, last=held.last)]  # fmt: skip
        cells.ground(table, asked.metric, asked.rule, where, settings=asked.settings, notes=notes)


def _described(estimate: Estimate | None, asked: Asked) -> str:
    return "–" if estimate is None else charts.described(estimate, asked.rule, state.language())


def _slowest(asked: Asked, enough: list[Estimate]) -> Message:
    """The hour of the week at which the number is worst, among those with enough cases."""
    if len(enough) < 2:
        return say("{metric}: no two hours of the week have {n} cases to compare.", metric=asked.metric.title,
                   n=SMALL_SAMPLE)  # fmt: skip
    if len({one.value for one in enough}) == 1:
        return say("{metric} is the same at every hour of the week: {value}.", metric=asked.metric.title,
                   value=cells.figure(enough[0].value, asked.rule))  # fmt: skip
    worst = (min if asked.metric.direction > 0 else max)(enough, key=lambda one: one.value or 0.0)
    place = dict(worst.by)
    facts = {
        "metric": asked.metric.title,
        "day": charts_desk.a_day(int(place["weekday"] or 0)),
        "start": int(place["hour"] or 0), "end": int(place["hour"] or 0) + 1,
        "value": cells.figure(worst.value, asked.rule), "ground": cells.based_on(worst, asked.rule),
    }  # fmt: skip
    if asked.metric.direction > 0:
        return say("{metric} is lowest on {day:weekday} between {start}:00 and {end}:00: {value} ({ground}).", **facts)
    return say("{metric} is highest on {day:weekday} between {start}:00 and {end}:00: {value} ({ground}).", **facts)


def _square(one: Estimate, asked: Asked) -> Square:
    place, lang = dict(one.by), state.language()
    label = f"{charts.described(one, asked.rule, lang)}, n = {number(one.n, lang)}"
    return Square(int(place["weekday"] or 0), int(place["hour"] or 0), one.value or 0.0, label)


def _week(
    table: Table, where: Where, what: tuple[object, ...], squares: list[Square], title: Message, sentence: Message,
    key: str,
    *,
    times: bool = False,
) -> None:  # fmt: skip
    pictures.show(
        table,
        where,
        what,
        sentence,
        lambda lang, theme, alt: charts_desk.of_week(squares, words(title, lang), lang, theme, alt, times=times),
        key=key,
    )


def spread(table: Table, where: Where, asked: Asked) -> None:
    """How the times of the number spread, and whether one value stands too often to be work."""
    if asked.rule.unit != "seconds":
        return
    with cells.cell(say("How do the times spread?")):
        found = cached.spread_of(table, where, asked.metric.name, asked.rule.name, asked.settings)
        if found.n < SMALL_SAMPLE:
            tell.sentence(say_many("{n} case: too few to show how its time spreads.",
                                   "{n} cases: too few to show how their times spread.", found.n))  # fmt: skip
            return
        sentence = _spread_sentence(found)
        tell.sentence(sentence)
        for line in _oddities(found):
            tell.sentence(line)
        if found.bins:
            pictures.show(
                table,
                where,
                (asked.metric.name, asked.rule.name, asked.settings, asked.target),
                sentence,
                lambda lang, theme, alt: charts_desk.of_spread(found, lang, theme, alt, asked.target),
                key="desk-spread",
            )
        cells.listing(
            "spread",
            [say("from"), say("to below"), say("cases")],
            [(tell.told(told(one.low)), tell.told(told(one.high)), one.n) for one in found.bins],
            say("How many cases took how long"),
        )
        cells.ground(table, asked.metric, asked.rule, where, settings=asked.settings)


def _spread_sentence(found: Spread) -> Message:
    if found.median is None:
        return say("Too many cases are open to say how long half of them take; {n} are over.", n=found.n)
    if found.p90 is None:
        return say("Half of the cases take less than {median}; too many are open to say what nine in ten stay below.",
                   median=told(found.median))  # fmt: skip
    return say("Half of the cases take less than {median}, nine in ten less than {p90}.", median=told(found.median),
               p90=told(found.p90))  # fmt: skip


def _oddities(found: Spread) -> list[Message]:
    """What a reader must know before believing the shape: a value too common, times of 0, open cases."""
    lines = []
    if found.spike is not None:
        value, n = found.spike
        share = 100 * n / found.n
        if value == 0:
            lines.append(say("{share:0} % of the times are 0 s: a default, or times written in whole minutes, rather"
                             " than work done at once.", share=share))  # fmt: skip
        elif found.coarse:
            lines.append(say("{share:0} % of the times are exactly {value}: the times are written in whole minutes, so"
                             " short ones pile up on few values.", share=share, value=told(value)))  # fmt: skip
        else:
            lines.append(say("{share:0} % of the times are exactly {value}: a timeout or a default, rather than work.",
                             share=share, value=told(value)))  # fmt: skip
    if found.zeros and (found.spike is None or found.spike[0] != 0):
        lines.append(say_many("{n} time is 0 s and has no place on this axis.",
                              "{n} times are 0 s and have no place on this axis.", found.zeros))  # fmt: skip
    if found.open:
        lines.append(say_many("{n} open case is not in the picture; median and nine in ten count it.",
                              "{n} open cases are not in the picture; median and nine in ten count them.",
                              found.open))  # fmt: skip
    return lines
