"""What the first page shows of a file: its numbers, what is worth knowing, where it hurts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from cxcore.findings import also_seen, pain_points, segments, stories
from cxcore.language import Message, listed, say
from cxcore.metrics import Rule, named
from cxcore.metrics.cells import when_of
from cxcore.values import Change, Condition, Estimate, Every, Finding, Table, Trend
from pages.ui import cached, cells, state, tell

MOST_NUMBERS = 6
A_ROW = 2
MOST_STORIES = 3
_AGAINST: dict[Every, Message] = {
    "day": say("Arrows: the last whole day against the one before; coloured only where chance cannot explain it."),
    "week": say("Arrows: the last whole week against the one before; coloured only where chance cannot explain it."),
    "month": say("Arrows: the last whole month against the one before; coloured only where chance cannot explain it."),
    "quarter": say(
        "Arrows: the last whole quarter against the one before; coloured only where chance cannot explain it."
    ),
}


def numbers(table: Table, wholes: Sequence[Estimate], trends: Sequence[Trend]) -> None:
    """Up to six numbers, each with its interval, its line over time and its latest change."""
    st.header(tell.told(say("In numbers")), anchor=False)
    known = {trend.metric: trend for trend in trends}
    for k in range(0, min(len(wholes), MOST_NUMBERS), A_ROW):
        for column, whole in zip(st.columns(A_ROW, gap="small"), wholes[k : k + A_ROW], strict=False):
            with column:
                _number(whole, known.get(whole.metric), named(whole.metric).default(table))
    if any(_arrow(trend.change) != "off" for trend in trends):
        tell.aside(_AGAINST[trends[0].every])


def _number(whole: Estimate, trend: Trend | None, rule: Rule) -> None:
    metric = named(whole.metric)
    values = [point.value for point in trend.points if point.value is not None] if trend else []
    change = trend.change if trend else None
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.markdown(tell.told(metric.title))  # Streamlit's own label of a number is cut off, this one is wrapped
        st.metric(
            tell.told(metric.title),
            "–" if whole.value is None else tell.told(cells.figure(whole.value, rule)),
            tell.told(cells.gap(change.value, rule)) if change and change.value is not None else None,
            delta_color=_colour(trend, metric.direction),
            delta_arrow=_arrow(change),
            chart_data=values if len(values) > 1 else None,
            chart_type="line",
            label_visibility="collapsed",
        )
        tell.aside(cells.based_on(whole, rule))


def _colour(trend: Trend | None, direction: int) -> Literal["off", "green", "red"]:
    """Green and red only for a signal. Streamlit takes "−" for no sign, so we say which."""
    if trend is None or not trend.signal or trend.change is None or direction == 0:
        return "off"
    return "green" if ((trend.change.value or 0) > 0) == (direction > 0) else "red"


def _arrow(change: Change | None) -> Literal["off", "up", "down"]:
    if change is None or not change.value:
        return "off"
    return "up" if change.value > 0 else "down"


def found(table: Table, where: tuple[Condition, ...]) -> tuple[Finding, ...]:
    """The findings; the first search of a table takes a while and says how far it is."""
    answer: tuple[Finding, ...]
    if not state.first_time((cached.identity(table), where)):
        answer = cached.found(table, where)
        return answer
    holder = st.empty()
    with holder.status(tell.told(say("Searching for what changed"))) as box:

        def step(_: str, done: int) -> None:
            box.update(label=tell.told(say("Searching for what changed: {n} segments done", n=done)))

        answer = cached.found(table, where, step)
    holder.empty()
    return answer


def worth_knowing(table: Table, findings: Sequence[Finding], trends: Sequence[Trend]) -> None:
    """The three stories worth knowing, as sentences."""
    st.header(tell.told(say("Worth knowing")), anchor=False)
    told = stories(findings)
    if not told:
        with st.container(border=True):
            tell.sentence(_nothing_found(dated=when_of(table) is not None, grouped=bool(segments(table))))
            if trends and not any(trend.change and trend.change.value is not None for trend in trends):
                tell.sentence(say("Few answers fall into each period, so whether anything changed cannot be told yet."))
    for story in told[:MOST_STORIES]:
        with st.container(border=True):
            _story(story)


def desk_told() -> None:
    """What a file of contacts holds no word of, and the page that takes it apart."""
    with st.container(border=True):
        tell.sentence(
            say("This file tells how contacts were handled, and holds no answers of customers. The page Operators shows"
                " when work arrives, where it slows down and what is still open.")
        )  # fmt: skip
        to_operators()


def to_operators() -> None:
    """The way to the page that takes the desk's work apart."""
    st.page_link("pages/3_Operators.py", label=tell.told(say("Open Operators")), icon=":material/support_agent:",
                 query_params=state.in_the_link())  # fmt: skip


def _nothing_found(*, dated: bool, grouped: bool) -> Message:
    if dated and grouped:
        return say("No change, and no group that stands out, was found beyond what chance explains.")
    if dated:
        return say("No change was found beyond what chance explains. No column splits the answers into groups.")
    if grouped:
        return say("No group stands out by more than chance explains. No column says when an answer was given, so"
                   " nothing can be said of change.")  # fmt: skip
    return say("There is nothing to compare: no column says when an answer was given, and none splits the answers into"
               " groups.")  # fmt: skip


def _story(story: Sequence[Finding]) -> None:
    first = story[0]
    with st.container(horizontal=True, wrap=False, gap="small"):
        _badge(first)
        tell.sentence(first.sentence)
    others = also_seen(story)
    if others:
        tell.aside(say("The same is seen in {names}. {ground}.", names=listed(others), ground=first.ground))
    else:
        tell.aside(say("{ground}.", ground=first.ground))


def _badge(finding: Finding) -> None:
    if finding.good is True:
        st.badge(tell.told(say("better")), icon=":material/trending_up:", color="green")
    elif finding.good is False:
        st.badge(tell.told(say("worse")), icon=":material/trending_down:", color="red")


def hurting(table: Table, findings: Sequence[Finding]) -> None:
    """The three groups that hurt most."""
    st.header(tell.told(say("Where it hurts most")), anchor=False)
    worst = pain_points(findings)
    with st.container(border=True):
        if not worst:
            tell.sentence(
                say("No group is clearly worse than the rest.") if segments(table)
                else say("No column splits the answers into a few groups, such as a channel or a team.")
            )  # fmt: skip
        for rank, finding in enumerate(worst, start=1):
            tell.sentence(say("{rank}. {sentence}", rank=rank, sentence=finding.sentence))
