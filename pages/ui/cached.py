"""Answers remembered: one engine for the server, one workspace a session, small results keyed by what they are made of.

A table is known by its fingerprint and its mapping, never by hashing its rows. What is remembered is a session's own,
and bounded: the oldest gives way.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
from collections.abc import Callable, Hashable
from datetime import date
from typing import Any

import streamlit as st

from cxcore import compare, intake, receipt, rows, spread, trend
from cxcore import findings as finding
from cxcore import given as giving
from cxcore.engine import Engine
from cxcore.experiment import Baseline, Comparison, Moment, Plan, Shuffled
from cxcore.metrics import named, offered
from cxcore.metrics.cells import Asked, cells, scale_of
from cxcore.metrics.estimate import estimates
from cxcore.metrics.measure import measure
from cxcore.store import Workspace, temporary_root
from cxcore.values import Condition, Estimate, Every, Finding, Table, Trend
from pages.ui import state

Where = tuple[Condition, ...]


def identity(table: Table) -> str:
    """What a table is known by: its content, and how the file was understood."""
    return table.fingerprint + hashlib.sha256(repr(table.mapping).encode()).hexdigest()[:16]


def _remembered(entries: int) -> Callable[..., Any]:
    return st.cache_data(scope="session", max_entries=entries, show_spinner=False, hash_funcs={Table: identity})


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The one engine of this server; its folder goes when the server stops."""
    opened = Engine(temporary_root())
    atexit.register(shutil.rmtree, opened.root, ignore_errors=True)
    atexit.register(opened.close)
    return opened


def workspace() -> Workspace:
    """This session's workspace. In the session, not in a cache: Streamlit empties a session's caches at every dropped
    link, and a person who comes back within two minutes finds the session, so must find the files."""
    return state.workspace(engine().root)


def forget() -> None:
    """Deletes this session's workspace from the disk, and every answer remembered of it."""
    workspace().delete()
    for remembered in (
        wholes, trends, found, estimates_of, given, answers, groups, examples, picture, behind,
        measures, arms_of, baseline, compared, shuffled, over_time, answers_of_arms, stacked,
    ):  # fmt: skip
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
def picture(table: Table | None, where: Where, what: tuple[Hashable, ...], _draw: Callable[[], Any]) -> dict[str, Any]:  # noqa: ARG001
    """The specification of a chart; table, filters and `what` are all it depends on."""
    spec: dict[str, Any] = _draw().to_dict()
    return spec


@_remembered(20)
def behind(
    table: Table, where: Where, every: Every | None, period: date | None, role: str | None, limit: int
) -> rows.Rows:
    """The rows behind a number."""
    return rows.behind(engine(), table, where, every, period, limit, role)


@_remembered(20)
def measures(table: Table) -> tuple[str, ...]:
    """The metrics and columns that the groups of an experiment can be compared by."""
    return compare.measures(engine(), table)


@_remembered(50)
def arms_of(table: Table, plan: Plan) -> tuple[tuple[str, int], ...]:
    """The groups of an experiment with their rows, the control first."""
    return compare.arms_of(engine(), table, plan)


@_remembered(50)
def baseline(table: Table, plan: Plan) -> Baseline:
    """What single answers are like before the change."""
    return compare.baseline(engine(), table, plan)


@_remembered(50)
def compared(table: Table, plan: Plan, anyway: bool) -> Comparison:
    """What an experiment comes to."""
    return compare.compare(engine(), table, plan, anyway=anyway)


@_remembered(20)
def shuffled(table: Table, plan: Plan) -> Shuffled:
    """How often the method claims a difference when the groups' labels are shuffled."""
    return compare.shuffled(engine(), table, plan)


@_remembered(20)
def over_time(table: Table, plan: Plan) -> tuple[Moment, ...]:
    """The effect as the answers came in."""
    return compare.over_time(engine(), table, plan)


@_remembered(20)
def answers_of_arms(table: Table, plan: Plan) -> tuple[tuple[str, tuple[tuple[float, int], ...]], ...]:
    """How the answers of each group spread."""
    return compare.spread(engine(), table, plan)


@_remembered(5)
def stacked(tables: tuple[Table, ...]) -> Table:
    """Several files as one table, each a group of its own."""
    return intake.stacked(tables, engine(), workspace())
