"""Answers remembered: one engine for the server, small results keyed by what they are made of.

A table is known by its fingerprint and its mapping, never by hashing its rows. What is remembered is a session's own,
and bounded: the oldest gives way.
"""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Callable, Hashable
from datetime import date
from typing import Any

import streamlit as st

from cxcore import findings as finding
from cxcore import given as giving
from cxcore import receipt, rows, spread, store, trend
from cxcore.engine import Engine
from cxcore.metrics import named, offered
from cxcore.metrics.cells import Asked, cells, scale_of
from cxcore.metrics.estimate import estimates
from cxcore.metrics.measure import measure
from cxcore.store import Workspace
from cxcore.values import Condition, Estimate, Every, Finding, Table, Trend
from pages.ui import sessions, state

Where = tuple[Condition, ...]


def identity(table: Table) -> str:
    """What a table is known by: its content, and how the file was understood."""
    return table.fingerprint + hashlib.sha256(repr(table.mapping).encode()).hexdigest()[:16]


def _remembered(entries: int) -> Callable[..., Any]:
    return st.cache_data(scope="session", max_entries=entries, show_spinner=False, hash_funcs={Table: identity})


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The one engine of this server, on all its workspaces."""
    opened = Engine(store.home())
    atexit.register(opened.close)
    return opened


def workspace() -> Workspace:
    """The visitor's workspace."""
    return state.workspace()


def delete() -> None:
    """Deletes the visitor's workspace from the disk, and lets go of everything remembered of it, in every window."""
    workspace().delete()
    sessions.forget(state.visitor())
    forget()


def forget() -> None:
    """Lets go of what this window holds of a workspace that is deleted."""
    state.clear()
    for remembered in (wholes, trends, found, estimates_of, given, answers, groups, examples, picture, behind):
        remembered.clear()


@_remembered(50)
def wholes(table: Table, where: Where) -> tuple[Estimate, ...]:
    """Every metric of the table under its default rule, all answers together, from one query."""
    metrics = offered(table)
    if not metrics:
        return ()
    asked = [Asked(metric, metric.rules[0]) for metric in metrics]
    frames = cells(engine(), table, asked, where=where)
    return tuple(
        estimates(frame, one.metric.name, one.rule, scale_of(table, one.metric), (), split=bool(where))[0]
        for one, frame in zip(asked, frames, strict=True)
    )


@_remembered(100)
def trends(table: Table, where: Where, metric: str | None, rule: str | None, every: Every | None) -> tuple[Trend, ...]:
    """The trend of one metric, or of all of them under their default rules."""
    metrics = (named(metric),) if metric else offered(table)
    return trend.trends(engine(), table, metrics, rule=rule, every=every, where=where)


@_remembered(50)
def found(table: Table, where: Where, _step: Callable[[str, int], None] | None = None) -> tuple[Finding, ...]:
    """What is worth knowing about the table, the weightiest first."""
    return finding.of_table(engine(), table, where, _step)


@_remembered(100)
def estimates_of(
    table: Table, where: Where, metric: str, rule: str, by: str | None
) -> tuple[tuple[Estimate, ...], tuple[tuple[str, int], ...]]:
    """One metric overall or in each group of a segment, and what was left out of it by reason."""
    measured = measure(engine(), table, named(metric), rule, by=[by] if by else [], where=where)
    return measured.estimates, measured.left_out


@_remembered(20)
def given(table: Table) -> tuple[tuple[str, tuple[Trend, ...]], ...]:
    """The scores the file holds already computed, over time."""
    return giving.trends(engine(), table)


@_remembered(100)
def answers(table: Table, where: Where, metric: str) -> tuple[tuple[float, int, float], ...]:
    """Each answer, how many gave it and what it counts as."""
    return spread.counted(engine(), table, named(metric), where)


@_remembered(50)
def groups(table: Table, name: str) -> tuple[str, ...]:
    """The groups of a segment, the largest first."""
    return tuple(value for value, _ in spread.groups(engine(), table, name))


@_remembered(5)
def examples(table: Table) -> dict[int, tuple[str, ...]]:
    """Three example texts of each column of the file, by its number."""
    return receipt.examples(engine(), table)


@_remembered(60)
def picture(table: Table, where: Where, what: tuple[Hashable, ...], _draw: Callable[[], Any]) -> dict[str, Any]:  # noqa: ARG001
    """The specification of a chart; table, filters and `what` are all it depends on."""
    spec: dict[str, Any] = _draw().to_dict()
    return spec


@_remembered(20)
def behind(
    table: Table, where: Where, every: Every | None, period: date | None, role: str | None, limit: int
) -> rows.Rows:
    """The rows behind a number."""
    return rows.behind(engine(), table, where, every, period, limit, role)
