"""Answers remembered: one engine for the server, small results keyed by what they are made of.

A table is known by its fingerprint and its mapping, never by hashing its rows. What is remembered is a session's own,
and bounded: the oldest gives way.
"""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Callable, Hashable
from datetime import date
from typing import Any, NamedTuple

import streamlit as st

from cxcore import (
    arrivals,
    code,
    compare,
    delays,
    fairness,
    handover,
    intake,
    join,
    receipt,
    rows,
    spread,
    staffing,
    store,
    targets,
    totals,
    trend,
)
from cxcore import findings as finding
from cxcore import given as giving
from cxcore.engine import Engine
from cxcore.experiment import Baseline, Comparison, Moment, Plan, Shuffled
from cxcore.language import Message
from cxcore.metrics import Metric, ledger, named, offered
from cxcore.metrics.cells import Asked, scale_of
from cxcore.metrics.desk import span
from cxcore.metrics.estimate import estimates
from cxcore.metrics.frames import frames as all_cells
from cxcore.metrics.hours import hourly
from cxcore.metrics.measure import measure
from cxcore.metrics.stock import OpenCases, by_age
from cxcore.store import Workspace
from cxcore.values import Condition, Estimate, Every, Finding, Table, Target, Trend
from pages.ui import sessions, state

Where = tuple[Condition, ...]
Settings = tuple[tuple[str, str], ...]


class Kept(NamedTuple):
    """What came of a target, without the rule it was held by: a rule is code, which no cache takes."""

    estimates: tuple[Estimate, ...]
    breaches: int
    sentence: Message
    ground: Message


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
    sessions.forget(state.visitor(), state.session())
    forget()


def forget() -> None:
    """Lets go of what this window holds of a workspace that is deleted."""
    state.clear()
    for remembered in (wholes, trends, found, estimates_of, given, answers, groups, examples, picture, behind,
                       joined, hours, arriving, staffed, spread_of, compared, aged, handed_over, held, slowest,
                       measures, arms_of, baseline, outcome, code_of, shuffled, over_time, answers_of_arms,
                       stacked, total, total_trend, total_groups):  # fmt: skip
        remembered.clear()


def scored(table: Table) -> bool:
    """Whether the file holds answers to sum it up by; a file of contacts is summed up by the desk's numbers."""
    return bool(offered(table))


def of_table(table: Table) -> tuple[Metric, ...]:
    """The metrics that sum a file up: the scores of its answers, and where it has none, the desk's numbers."""
    return offered(table) or tuple(metric for metric in offered(table, "desk") if metric.name != "contacts")[:6]


@_remembered(5)
def joined(table: Table, others: tuple[Table, ...]) -> Table:
    """A file's rows with what other files say of them."""
    return join.of(engine(), workspace(), table, others).table


@_remembered(50)
def wholes(table: Table, where: Where) -> tuple[Estimate, ...]:
    """Every metric that sums the file up under its default rule, all answers together."""
    metrics = of_table(table)
    if not metrics:
        return ()
    asked = [Asked(metric, metric.default(table)) for metric in metrics]
    frames = all_cells(engine(), table, asked, where=where)
    return tuple(
        estimates(frame, one.metric.name, one.rule, scale_of(table, one.metric), (), split=bool(where))[0]
        for one, frame in zip(asked, frames, strict=True)
    )


@_remembered(100)
def trends(
    table: Table, where: Where, metric: str | None, rule: str | None, every: Every | None, settings: Settings = ()
) -> tuple[Trend, ...]:
    """The trend of one metric, or of all that sum the file up under their default rules."""
    metrics = (named(metric),) if metric else of_table(table)
    return trend.trends(engine(), table, metrics, rule=rule, every=every, where=where, settings=settings)


@_remembered(50)
def found(table: Table, where: Where, _step: Callable[[str, int], None] | None = None) -> tuple[Finding, ...]:
    """What is worth knowing about the table, the weightiest first."""
    known = trends(table, where, None, None, None) if scored(table) else ()
    return finding.of_table(engine(), table, where, _step, known)


@_remembered(100)
def total(table: Table, where: Where, header: str, rule: str | None) -> Estimate:
    """What a column of a file of totals comes to."""
    metric = _total(table, header)
    return totals.whole(engine(), table, metric, metric.rule(rule), where)


@_remembered(50)
def total_trend(table: Table, where: Where, header: str, rule: str) -> Trend | None:
    """The same in each period."""
    metric = _total(table, header)
    return totals.trend(engine(), table, metric, metric.rule(rule), where)


@_remembered(50)
def total_groups(table: Table, where: Where, header: str, rule: str, name: str) -> tuple[Estimate, ...]:
    """The same in each group."""
    metric = _total(table, header)
    return totals.by_group(engine(), table, metric, metric.rule(rule), name, where)


def _total(table: Table, header: str) -> Metric:
    return next(metric for metric in totals.of_table(engine(), table) if metric.name == header)


@_remembered(100)
def estimates_of(
    table: Table, where: Where, metric: str, rule: str, by: str | None, settings: Settings = ()
) -> tuple[tuple[Estimate, ...], tuple[tuple[str, int], ...], ledger.Terms | None]:
    """One metric overall or in each group of a segment, what was left out of it by reason, and its terms."""
    measured = measure(engine(), table, named(metric), rule, by=[by] if by else [], where=where, settings=settings)
    return measured.estimates, measured.left_out, measured.terms


@_remembered(50)
def hours(table: Table, where: Where, metric: str, rule: str, settings: Settings) -> tuple[Estimate, ...]:
    """One metric of the desk's work in each hour of the week."""
    of = named(metric)
    return hourly(engine(), table, Asked(of, of.rule(rule), settings), where)


@_remembered(50)
def arriving(table: Table, where: Where) -> arrivals.Arrivals | None:
    """When contacts arrive, by hour of the week."""
    return arrivals.arrivals(engine(), table, where)


@_remembered(50)
def staffed(table: Table, where: Where, level: float, within: float, away: float) -> staffing.Staffing | None:
    """The people each hour of the week asks for."""
    return staffing.staffing(engine(), table, where, level=level, within=within, away=away)


@_remembered(50)
def spread_of(table: Table, where: Where, metric: str, rule: str, settings: Settings) -> delays.Spread:
    """How the times of a metric are spread."""
    of = named(metric)
    return delays.spread_of(engine(), table, of, of.rule(rule), where, settings)


@_remembered(50)
def compared(table: Table, where: Where, metric: str, rule: str, by: str, settings: Settings) -> fairness.Comparison:
    """The groups of a column compared fairly on one metric."""
    return fairness.compare_groups(engine(), table, named(metric), by, rule=rule, where=where, settings=settings)


@_remembered(50)
def aged(table: Table, where: Where, every: Every | None) -> tuple[Every, tuple[OpenCases, ...]]:
    """The cases open at the end of each period, by age, and how long the periods are."""
    fitting = every or trend.fitting(engine(), table, [named("backlog")], where)
    return fitting, by_age(engine(), table, span(engine(), table), fitting, where)


@_remembered(50)
def handed_over(table: Table, where: Where, delay: str, rating: str, settings: Settings) -> handover.Handover:
    """What customers answer after how long a wait."""
    return handover.handover(engine(), table, named(delay), named(rating), where, settings)


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


@_remembered(50)
def held(table: Table, where: Where, target: Target, every: Every | None, settings: Settings) -> Kept:
    """A target held against the table."""
    found = targets.against(engine(), table, target, every=every, where=where, settings=settings)
    return Kept(found.estimates, found.breaches, found.sentence, found.ground)


@_remembered(20)
def slowest(table: Table, where: Where, target: Target, settings: Settings, limit: int) -> rows.Rows:
    """The rows of the slowest breaches of a target."""
    return targets.slowest(engine(), table, target, where=where, settings=settings, limit=limit)


@_remembered(20)
def behind(
    table: Table, where: Where, every: Every | None, period: date | None, role: str | None, limit: int,
    dated: str | None = None,
) -> rows.Rows:  # fmt: skip
    """The rows behind a number."""
    return rows.behind(engine(), table, where, every, period, limit, role, dated)


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
def outcome(table: Table, plan: Plan, anyway: bool) -> Comparison:
    """What an experiment comes to."""
    return compare.compare(engine(), table, plan, anyway=anyway)


@_remembered(20)
def code_of(table: Table, plan: Plan, anyway: bool) -> str:
    """The code that gives the effects of an experiment."""
    return code.of_comparison(engine(), table, plan, outcome(table, plan, anyway))


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
    return intake.stacked(tables, engine(), state.workspace())
