"""One grouped query: for each period and group, how many answers, their mean and their variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.language import say
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.groups import crowded, people
from cxcore.metrics.select import column_of, selected
from cxcore.roles import PERIOD_OF
from cxcore.values import Condition, Every, Table

TRUNCATED = {"day": "D", "week": "W", "month": "M", "quarter": "Q"}


def when_of(table: Table) -> str | None:
    """The role whose date puts a row into a period: when it was answered, else when the contact began."""
    return next((role for role in PERIOD_OF if table.has(role)), None)


def value_of(rows: ir.Table, metric: Metric, rule: Rule, scale: tuple[float, float] | None) -> Any:
    """The metric's number for each row, null where the row has no answer."""
    return rule.value(metric.answer(rows), scale or (0.0, 1.0))


def scale_of(table: Table, metric: Metric) -> tuple[float, float]:
    """The scale of the metric's answers."""
    use = table.mapping.use(metric.needs[0])
    return (use.scale if use else None) or (0.0, 1.0)


@dataclass(frozen=True)
class Asked:
    """A metric under one of its rules."""

    metric: Metric
    rule: Rule


def _moments(value: Any, family: str, prefix: str) -> dict[str, Any]:
    """Counts and centred moments of `value`. Discrete values are summed as small whole numbers, which is exact and
    costs least; others take the engine's own centred variance, so that large numbers lose no digits."""
    if family == "mean":
        return {
            f"{prefix}n": value.count(),
            f"{prefix}mean": value.mean(),
            f"{prefix}variance": value.var(how="pop"),
        }
    step = (value / 100).cast("int32")
    return {f"{prefix}n": value.count(), f"{prefix}total": step.sum(), f"{prefix}squares": (step * step).sum()}


def grouped(rows: ir.Table, table: Table, asked: Sequence[Asked], groups: Sequence[Any]) -> ir.Table:
    """The one query: every asked metric's moments in each group. Runs on any engine Ibis speaks to."""
    sums: dict[str, Any] = {}
    for k, one in enumerate(asked):
        value = value_of(rows, one.metric, one.rule, scale_of(table, one.metric))
        if one.rule.taken is not None:
            n, mean = one.rule.taken(value, one.metric.volume(rows) if one.metric.volume else None)
            sums |= {f"m{k}_n": n, f"m{k}_mean": mean, f"m{k}_variance": ibis.null("float64")}
            continue
        sums |= _moments(value, one.rule.family, f"m{k}_")
    return rows.aggregate(by=list(groups), **sums)


def cells(
    engine: Engine,
    table: Table,
    asked: Sequence[Asked],
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
    where: Sequence[Condition] = (),
) -> tuple[pd.DataFrame, ...]:
    """For each metric asked, a row for each period and group that has rows: `period` (first day), `b0` … the groups,
    `n`, `mean`, `variance` (of single answers, n in the denominator). Raises CannotCompute without dates.

    Where a group may hold fewer customers than the smallest group shown, `people` counts them.
    """
    columns = [column_of(table, name) for name in by]
    when = when_of(table)
    if every is not None and when is None:
        raise CannotCompute(
            "no_dates",
            say("No column of this file says when an answer was given."),
            say("Map one, for example --map 'answered_at=Date', or leave out the periods."),
        )

    def build(source: ir.Table, *, counting: bool = False) -> ir.Table:
        rows = selected(source, table, where)
        if asked[0].rule.last_per_customer:
            rows = last_answers(rows, table, asked[0].metric)
        groups = [rows[column].cast("string").name(f"b{k}") for k, column in enumerate(columns)]
        if every is not None:
            rows = rows.filter(rows[when].notnull())
            groups.insert(0, rows[when].date().truncate(TRUNCATED[every]).name("period"))
        if counting:
            sums = {f"m{k}_people": people(rows, one.metric.answer(rows)) for k, one in enumerate(asked)}
            return rows.aggregate(by=groups, **sums)
        return grouped(rows, table, asked, groups)

    frame = engine.ask(table.path, build)
    found = tuple(_one(frame, f"m{k}_", len(by)) for k in range(len(asked)))
    if (by or every or where) and any(crowded(one, table) for one in found):
        counts = engine.ask(table.path, lambda source: build(source, counting=True))
        keys = [name for name in counts.columns if name == "period" or name.startswith("b")]
        frame = frame.merge(counts, on=keys, how="left") if keys else frame.join(counts)
        found = tuple(_one(frame, f"m{k}_", len(by)) for k in range(len(asked)))
    return found


def _one(frame: pd.DataFrame, prefix: str, groups: int) -> pd.DataFrame:
    """The cells of one metric out of a query's answer."""
    keys = (["period"] if "period" in frame else []) + [f"b{k}" for k in range(groups)]
    one = frame[keys].copy()
    one["n"] = frame[f"{prefix}n"].fillna(0).astype("int64")
    if f"{prefix}people" in frame:
        one["people"] = frame[f"{prefix}people"].fillna(0).astype("int64")
    if f"{prefix}total" in frame:
        n = one["n"].where(one["n"] > 0)
        one["mean"] = 100.0 * frame[f"{prefix}total"].astype("float64") / n
        one["variance"] = 10_000.0 * frame[f"{prefix}squares"].astype("float64") / n - one["mean"] ** 2
    else:
        one["mean"] = frame[f"{prefix}mean"].astype("float64")
        one["variance"] = frame[f"{prefix}variance"].astype("float64")
    if "period" in one:
        one["period"] = pd.to_datetime(one["period"]).dt.date
        one = one.sort_values("period", kind="stable")
    return one.reset_index(drop=True)


def last_answers(rows: ir.Table, table: Table, metric: Metric) -> ir.Table:
    """Each customer's last answer; raises CannotCompute without customers or dates."""
    when = when_of(table)
    if not table.has("customer_id") or when is None:
        raise CannotCompute(
            "no_customers",
            say(
                "The last answer of each customer needs a customer's code and a date, and this file lacks one of them."
            ),
            say("Map them, for example --map 'customer_id=Customer', or use the rule per_answer."),
        )
    answered = rows.filter(rows[metric.needs[0]].notnull())
    newest = ibis.row_number().over(
        ibis.window(group_by=answered["customer_id"], order_by=[ibis.desc(answered[when]), ibis.desc(answered["row"])])
    )
    ranked = answered.mutate(newest=newest)
    return ranked.filter((ranked["newest"] == 0) | ranked["customer_id"].isnull())


def next_period(start: date, every: Every) -> date:
    """The first day of the period after the one that starts at `start`."""
    if every == "day":
        return start + timedelta(days=1)
    if every == "week":
        return start + timedelta(days=7)
    months = start.month + (1 if every == "month" else 3)
    return date(start.year + (months - 1) // 12, (months - 1) % 12 + 1, 1)
