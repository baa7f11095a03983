"""The cells of the page Surveys: how it changed, how answers spread, who is happier, what people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from cxcore import charts
from cxcore.findings import segments
from cxcore.language import Message, plain, say, say_many
from cxcore.mapping.understand import labels
from cxcore.metrics.cells import when_of
from cxcore.rows import ROW
from cxcore.values import SMALL_GROUP, Condition, Estimate, Finding, Table, Trend
from pages.ui import cached, cells, changes, pictures, state, tell
from pages.ui.choices import Asked

_WIDE, _NARROW = 460, 120  # pixels of a comment's column and of those beside it

Where = tuple[Condition, ...]
_ANSWERS: dict[float, Message] = {-100.0: say("detractors"), 0.0: say("passives"), 100.0: say("promoters")}
_CHART, _GROUPS = "trend-chart", "segments-chart"


def changed(table: Table, where: Where, asked: Asked, findings: Sequence[Finding]) -> None:
    """How a metric changed over time, and the rows behind a point of it."""
    with cells.cell(say("How did {metric} change?", metric=asked.metric.title)):
        if when_of(table) is None:
            tell.sentence(say("No column says when an answer was given, so nothing can be said of change."))
            return
        trends = cached.trends(table, where, asked.metric.name, asked.rule.name, asked.every)
        if not trends:
            tell.sentence(say("No answer meets these filters."))
            return
        trend = trends[0]
        sentences = _change_sentences(trend, asked, findings)
        for each in sentences:
            tell.sentence(each)
        _picture(table, where, trend, asked, sentences[0])
        cells.ground(table, asked.metric, asked.rule, where, every=trend.every)
        _point(table, where, trend, asked)


def _change_sentences(trend: Trend, asked: Asked, findings: Sequence[Finding]) -> list[Message]:
    """The lasting change overall if one was found, else the latest change; then the change of one group, if any.

    The search for changes works under the metric's default rule; under another rule only the latest change is told.
    """
    found = [f for f in findings if f.metric == asked.metric.name and f.kind == "shift"]
    if asked.rule.name != asked.metric.rules[0].name:
        found = []
    overall = [f.sentence for f in found if not f.by][:1] or [changes.latest(trend, asked.metric, asked.rule)]
    return [*overall, *[f.sentence for f in found if f.by][:1]]


def _picture(table: Table, where: Where, trend: Trend, asked: Asked, sentence: Message) -> None:
    if sum(point.value is not None for point in trend.points) < 2:
        return  # one point is a number, and the sentence has it
    pictures.show(
        table,
        where,
        (asked.metric.name, asked.rule.name, trend.every, asked.target),
        sentence,
        lambda lang, theme, alt: charts.of_trend(trend, asked.metric, asked.rule, lang, theme, alt, asked.target),
        key=_CHART,
        on_select=partial(state.pick_point, _CHART),
    )
    tell.aside(changes.legend(trend))


def _point(table: Table, where: Where, trend: Trend, asked: Asked) -> None:
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
        cells.rows_behind(table, where, "point", every=trend.every, start=start, role=asked.metric.needs[0])


def spread(table: Table, where: Where, asked: Asked) -> None:
    """How many gave each answer."""
    with cells.cell(say("How do the answers spread?")):
        counted = cached.answers(table, where, asked.metric.name)
        total = sum(n for _, n, _ in counted)
        if total < SMALL_GROUP:
            tell.sentence(say_many("{n} answer: too few to show how they spread.",
                                   "{n} answers: too few to show how they spread.", total))  # fmt: skip
            return
        nps = asked.metric.rules[0].family == "nps"
        sentence = _nps_spread(counted, total) if nps else _good_spread(counted, total)
        tell.sentence(sentence)
        groups = [tell.told(_ANSWERS[points] if nps else _good(points)) for _, _, points in counted]
        pairs = [(value, n) for value, n, _ in counted]
        pictures.show(
            table,
            where,
            (asked.metric.name,),
            sentence,
            lambda lang, theme, alt: charts.of_answers(pairs, groups, lang, theme, alt),
            key="spread-chart",
        )
        cells.ground(table, asked.metric, asked.rule, where)


def _good(points: float) -> Message:
    return say("good answers") if points > 0 else say("other answers")


def _nps_spread(counted: Sequence[tuple[float, int, float]], total: int) -> Message:
    share = {kind: 100 * sum(n for _, n, points in counted if points == kind) / total for kind in _ANSWERS}
    return say(
        "{promoters:0} % are promoters (9–10), {passives:0} % passives (7–8) and {detractors:0} % detractors (0–6), of"
        " {n} answers.",
        promoters=share[100.0], passives=share[0.0], detractors=share[-100.0], n=total,
    )  # fmt: skip


def _good_spread(counted: Sequence[tuple[float, int, float]], total: int) -> Message:
    good = [(value, n) for value, n, points in counted if points > 0]
    common, most = max(((value, n) for value, n, _ in counted), key=lambda pair: pair[1])
    return say(
        "{share:0} % of {n} answers are good ({low} or better); the commonest answer is {common}, given by {most:0} %.",
        share=100 * sum(n for _, n in good) / total,
        n=total,
        low=min((value for value, _ in good), default=counted[-1][0]),
        common=common,
        most=100 * most / total,
    )


def compared(table: Table, where: Where, asked: Asked, findings: Sequence[Finding]) -> None:
    """Which group of a segment answers better or worse."""
    with cells.cell(say("Who is happier, who is not?")):
        names = _segments(table, asked, findings)
        if not names:
            tell.sentence(say("No column splits the answers into a few groups, such as a channel or a team."))
            return
        name = st.selectbox(
            tell.told(say("Split by")),
            list(names),
            format_func=tell.Labels(names).__getitem__,
            key="split",
            bind="query-params",
        )
        name = name if name in names else next(iter(names))
        estimates, _, _ = cached.estimates_of(table, where, asked.metric.name, asked.rule.name, name)
        sentence = _group_sentence(estimates, asked, findings, name)
        tell.sentence(sentence)
        small = sum(1 for e in estimates if e.value is None and e.n)
        if small:
            tell.aside(say_many("{n} group is too small, or stands beside one that is, and shows its count only.",
                                "{n} groups are too small, or stand beside one that is, and show their counts only.",
                                small))  # fmt: skip
        if any(e.value is not None for e in estimates):
            pictures.show(
                table,
                where,
                (asked.metric.name, asked.rule.name, name),
                sentence,
                lambda lang, theme, alt: charts.of_segments(estimates, asked.metric, asked.rule, lang, theme, alt),
                key=_GROUPS,
                on_select=partial(state.pick_group, _GROUPS),
            )
        cells.listing(
            "segments",
            [plain(names[name]), asked.metric.title, say("answers")],
            [(_group(e), charts.described(e, asked.rule, state.language()), e.n) for e in estimates],
            say("Each group with its number"),
        )
        cells.ground(table, asked.metric, asked.rule, where, by=name)
        known = {_group(e): value for e in estimates if e.value is not None for _, value in e.by if value is not None}
        if known:
            cells.rows_of_a_group(table, where, name, known, asked.metric.needs[0])


def _segments(table: Table, asked: Asked, findings: Sequence[Finding]) -> dict[str, str]:
    """The segments by name with their headers; first the one whose groups differ most, where one was found."""
    names = segments(table)
    told = [f.by[0][0] for f in findings if f.kind == "segment" and f.metric == asked.metric.name]
    ordered = sorted(names, key=lambda name: told.index(name) if name in told else len(told))
    return {name: table.header(name) if table.has(name) else name for name in ordered}


def _group_sentence(estimates: Sequence[Estimate], asked: Asked, findings: Sequence[Finding], name: str) -> Message:
    if asked.rule.name == asked.metric.rules[0].name:
        for finding in findings:
            if finding.kind == "segment" and finding.metric == asked.metric.name and finding.by[0][0] == name:
                return finding.sentence
    shown = [e for e in estimates if e.value is not None]
    if len(shown) < 2:
        return say("There are too few groups with enough answers to compare them.")
    best, worst = (pick(shown, key=lambda e: e.value or 0.0) for pick in (max, min))
    return say(
        "From {low} ({worst}) to {high} ({best}); no group was found to stand out from the rest by more than chance"
        " explains.",
        low=cells.figure(worst.value, asked.rule), worst=plain(_group(worst)),
        high=cells.figure(best.value, asked.rule), best=plain(_group(best)),
    )  # fmt: skip


def _group(estimate: Estimate) -> str:
    return " · ".join(value or "–" for _, value in estimate.by)


def written(table: Table, where: Where, asked: Asked) -> None:
    """What people wrote, as plain text, the newest first."""
    with cells.cell(say("What did they write?")):
        comment = table.mapping.use("comment")
        if comment is None:
            tell.sentence(say("Not measured: no column of this file holds comments."))
            return
        found = cached.behind(table, where, None, None, "comment", cells.ROWS_SHOWN)
        if found.hidden or not found.total:
            tell.sentence(
                say_many("{n} comment: too few to show without singling people out.",
                         "{n} comments: too few to show without singling people out.", found.total)
            )  # fmt: skip
            return
        shown = len(found.frame)
        tell.sentence(
            say_many("{n} comment.", "{n} comments; the newest {shown} are shown.", found.total, shown=shown)
            if shown < found.total
            else say_many("{n} comment, shown below.", "{n} comments, the newest first.", found.total)
        )
        names = labels((ROW, *(use.header for use in table.mapping.columns)))
        roles = (when_of(table), asked.metric.needs[0], "comment", "channel", "topic")
        uses = [table.mapping.use(role) for role in roles if role]
        wrote = names[comment.columns[0] + 1]
        wanted = [names[use.columns[0] + 1] for use in uses if use is not None]
        st.dataframe(
            found.frame[[name for name in dict.fromkeys(wanted) if name in found.frame]],
            hide_index=True,
            height=400,
            row_height=tell.TWO_LINES,
            column_config={name: st.column_config.Column(width=_WIDE if name == wrote else _NARROW) for name in wanted},
            key="comments",
            alt=tell.told(say("Comments, the newest first")),
        )
