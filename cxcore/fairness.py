"""Level 4. Agents, teams, channels or topics compared fairly: adjusted for their mix, with limits, never ranked.

A group is told apart only where it lies outside limits that leave out any of the groups, were they all alike, in one
file of twenty. Times are compared as ratios of geometric means, everything else as differences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxcore import stats
from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.language import Message, say, say_many
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.cells import Asked, scale_of, value_of
from cxcore.metrics.desk import lacking, ready, span
from cxcore.metrics.select import column_of, selected
from cxcore.values import SMALL_GROUP, Condition, Table

MIX: tuple[str, ...] = ("topic", "channel")  # the kinds of work that differ in difficulty and are nobody's merit
Apart = Literal["above", "below"]


@dataclass(frozen=True)
class Compared:
    """One group. Numbers are in the metric's unit; for times they are geometric means.

    `raw` is its own figure, `value` what it would be with everybody's mix of work, with its 95 % interval; `limits`
    hold a group of its size that works like all; `drawn` is `value` shrunk towards the whole. `apart` says on which
    side of the limits it lies, None inside them. All are None below the smallest group shown, or where the group
    shares no kind of work with another (`alone`).
    """

    name: str | None
    n: int
    raw: float | None
    value: float | None
    low: float | None
    high: float | None
    limits: tuple[float, float] | None
    drawn: float | None
    apart: Apart | None = None
    alone: bool = False


@dataclass(frozen=True)
class Comparison:
    """Groups in the order of their names. `adjusted_for` are the roles whose mix was evened out, `ratio` whether times
    were compared as ratios, `centre` the whole, `left_out` rows without a group or a value."""

    metric: str
    rule: str
    unit: str
    by: str
    adjusted_for: tuple[str, ...]
    ratio: bool
    centre: float | None
    groups: tuple[Compared, ...]
    left_out: int
    sentence: Message
    ground: Message


def compare_groups(
    engine: Engine,
    table: Table,
    metric: Metric,
    by: str,
    *,
    rule: str | None = None,
    mix: Sequence[str] = MIX,
    where: Sequence[Condition] = (),
    settings: Sequence[tuple[str, str]] = (),
) -> Comparison:
    """The groups of a role or column, compared on one metric. `mix` are the roles to even out, those that are there.

    Times are compared over cases that are over. Raises UnknownName and CannotCompute as `measure` does; CannotCompute
    for a backlog, which is no average of cases.
    """
    chosen = metric.rule(rule) if rule or not metric.desk else metric.default(table, settings)
    asked = Asked(metric, chosen, tuple(settings))
    if metric.desk and (unable := lacking(table, asked)):
        raise unable
    if chosen.family == "stock" or chosen.per_customer:
        raise CannotCompute(
            "not_comparable",
            say("{metric} is no average of cases, so groups cannot be compared on it.", metric=metric.title),
            say("Choose another metric."),
        )
    evened = tuple(role for role in mix if table.has(role) and role != by and column_of(table, by) != role)
    frame = _cells(engine, table, asked, by, evened, where)
    ratio = chosen.unit == "seconds" and not frame["zeros"].sum()
    known = frame[frame["b0"].notna() & (frame["n"] > 0)]
    left = int(frame["n"].sum() - known["n"].sum() + frame["missing"].sum())
    groups, centre = _groups(known, ratio=ratio, rule=chosen)
    return Comparison(
        metric.name, chosen.name, chosen.unit, by, evened, ratio, centre, groups, left,
        _sentence(groups), _ground(ratio=ratio, evened=evened, rule=chosen),
    )  # fmt: skip


def _cells(
    engine: Engine, table: Table, asked: Asked, by: str, evened: Sequence[str], where: Sequence[Condition]
) -> pd.DataFrame:
    """For each group and kind of work, counts and moments of the values and of their logarithms."""
    columns = [column_of(table, name) for name in (by, *evened)]
    spoken = span(engine, table)

    def build(source: ir.Table) -> ir.Table:
        if asked.metric.desk:
            rows = ready(source, table, [asked], spoken, where)
            value: Any = rows["m0_value"]
            if asked.rule.stopped is not None:
                value = rows["m0_stopped"].ifelse(value, None)
        else:
            rows = selected(source, table, where)
            value = value_of(rows, asked.metric, asked.rule, scale_of(table, asked.metric))
        keys = {f"b{k}": rows[column].cast("string") for k, column in enumerate(columns)}
        rows = rows.select(**keys, value=value.cast("float64"))
        held = rows["value"]
        log = (held > 0).ifelse(held, None).ln()
        return rows.aggregate(
            by=list(keys), n=held.count(), missing=held.isnull().sum(), zeros=(held <= 0).sum(),
            mean=held.mean(), variance=held.var(how="pop"), log_mean=log.mean(), log_variance=log.var(how="pop"),
        )  # fmt: skip

    return engine.ask(table.path, build)


def _groups(frame: pd.DataFrame, *, ratio: bool, rule: Rule) -> tuple[tuple[Compared, ...], float | None]:
    if frame.empty:
        return (), None
    kinds = [name for name in frame.columns if name.startswith("b") and name != "b0"]
    names, group = np.unique(frame["b0"].astype(str).to_numpy(), return_inverse=True)
    kind = frame.groupby(kinds, dropna=False).ngroup().to_numpy() if kinds else np.zeros(len(frame), np.int64)
    centre_of, spread_of = ("log_mean", "log_variance") if ratio else ("mean", "variance")
    sizes, means = frame["n"].to_numpy(np.float64), frame[centre_of].to_numpy(np.float64)
    off = stats.indirect(group, kind, sizes, means, frame[spread_of].fillna(0).to_numpy(np.float64))
    centre = float(np.average(means, weights=sizes))
    shown = off.n >= SMALL_GROUP
    reach = stats.funnel_limit(int((shown & np.isfinite(off.value)).sum()))
    drawn, _, _ = stats.shrunk(np.where(shown, off.value, np.nan), off.variance)
    bounds = rule.bounds((-math.inf, math.inf))

    def unit(value: float) -> float:
        return math.exp(value) if ratio else min(max(value, bounds[0]), bounds[1])

    found = []
    for k, name in enumerate(names):
        n, alone = int(off.n[k]), bool(np.isnan(off.value[k]))
        if not shown[k] or alone:
            raw = unit(float(off.observed[k])) if shown[k] else None
            found.append(Compared(name, n, raw, None, None, None, None, None, alone=bool(shown[k])))
            continue
        value, error = float(off.value[k]), math.sqrt(off.variance[k])
        apart: Apart | None = "above" if value > reach * error else "below" if value < -reach * error else None
        found.append(
            Compared(
                name, n, unit(float(off.observed[k])), unit(centre + value), unit(centre + value - 1.96 * error),
                unit(centre + value + 1.96 * error), (unit(centre - reach * error), unit(centre + reach * error)),
                unit(centre + float(drawn[k])), apart,
            )
        )  # fmt: skip
    return tuple(found), unit(centre)


def _sentence(groups: Sequence[Compared]) -> Message:
    compared = [one for one in groups if one.value is not None]
    alike = [one for one in compared if one.apart is None]
    if len(compared) < 2:
        return say("There are no two groups with enough cases of the same kinds to compare.")
    if len(alike) == len(compared):
        return say("These {n} cannot be told apart.", n=len(compared))
    if not alike:
        return say("All {n} lie outside the limits.", n=len(compared))
    return say_many(
        "{n} of {all} cannot be told apart from the whole; the others lie outside the limits.",
        "{n} of {all} cannot be told apart; the others lie outside the limits.",
        len(alike),
        all=len(compared),
    )


def _ground(*, ratio: bool, evened: Sequence[str], rule: Rule) -> Message:
    measure = (
        say("geometric means of the cases that are over")
        if ratio and rule.stopped is not None
        else say("geometric means")
        if ratio
        else say("means; some times are 0, so ratios would not do")
        if rule.unit == "seconds"
        else say("means")
    )
    if not evened:
        return say("Compared by {measure}; no column tells kinds of work apart, so the mix is not evened out.",
                   measure=measure)  # fmt: skip
    return say("Compared by {measure}, as if every group had the same mix of {mix}.", measure=measure,
               mix=" × ".join(evened))  # fmt: skip
