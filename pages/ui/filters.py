"""The filters: period, channel and one more segment, once at the top of a page. Their values are in the address."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from cxcore.findings import segments
from cxcore.language import say
from cxcore.metrics.cells import when_of
from cxcore.values import Condition, Table
from pages.ui import cached, tell

_NARROW = 168  # pixels: four stand in a row on a laptop, two on a phone


def choose(table: Table) -> tuple[Condition, ...]:
    """The filters drawn, and the conditions they set; rows that count meet all of them."""
    with st.container(horizontal=True, gap="small"):
        return (*_period(table), *_channel(table), *_segment(table))


def _period(table: Table) -> tuple[Condition, ...]:
    when = when_of(table)
    if when is None or table.period is None:
        return ()
    # The types know no empty range, the manual does: it stands for the whole period.
    chosen = st.date_input(  # type: ignore[call-overload]
        tell.told(say("Period")),
        value=(),
        min_value=table.period[0],
        max_value=table.period[1],
        format="DD/MM/YYYY",
        key="period",
        bind="query-params",
        width=_NARROW + 76,
    )
    ends: tuple[date, ...] = chosen
    if len(ends) != 2:
        return ()
    return (
        Condition(when, ">=", ends[0].isoformat()),
        Condition(when, "<", (ends[1] + timedelta(days=1)).isoformat()),
    )


def _channel(table: Table) -> tuple[Condition, ...]:
    if not table.has("channel"):
        return ()
    chosen = _one_of("channel", tell.told(say("Channel")), cached.groups(table, "channel"))
    return (Condition("channel", "=", chosen),) if chosen else ()


def _segment(table: Table) -> tuple[Condition, ...]:
    names = {name: table.header(name) if table.has(name) else name for name in segments(table) if name != "channel"}
    if not names:
        return ()
    segment = st.selectbox(
        tell.told(say("Segment")),
        list(names),
        index=None,
        format_func=tell.Labels(names).__getitem__,
        placeholder=tell.told(say("All")),
        key="segment",
        bind="query-params",
        width=_NARROW,
    )
    if segment is None:
        return ()
    chosen = _one_of("group", tell.told(say("Group")), cached.groups(table, segment))
    return (Condition(segment, "=", chosen),) if chosen else ()


def _one_of(key: str, label: str, values: tuple[str, ...]) -> str | None:
    return st.selectbox(
        label,
        values,
        index=None,
        placeholder=tell.told(say("All")),
        key=key,
        bind="query-params",
        width=_NARROW,
    )
