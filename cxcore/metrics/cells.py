"""One grouped query: for each period and group, how many answers, their mean and their variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.language import say
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.groups import counted_at_once, crowded, people
from cxcore.metrics.select import column_of, selected
from cxcore.roles import PERIOD_OF
from cxcore.stats import FloatArray
from cxcore.values import Condition, Every, Table

TRUNCATED = {"day": "D", "week": "W", "month": "M", "quarter": "Q"}
DAYS: dict[Every, float] = {"day": 1, "week": 7, "month": 30.4, "quarter": 91.3}


def when_of(table: Table, metric: Metric | None = None, rule: Rule | None = None) -> str | None:
    """The role whose date puts a row into a period: the rule's or the metric's own, else when it was answered, else
    when the contact began."""
    roles = (rule.dated if rule else ()) or (metric.dated if metric else ()) or PERIOD_OF
    return next((role for role in roles if table.has(role)), None)


def value_of(rows: ir.Table, metric: Metric, rule: Rule, scale: tuple[float, float] | None) -> Any:
    """The metric's number for each row, null where the row has no answer."""
    return rule.value(metric.answer(rows), scale or (0.0, 1.0))


def scale_of(table: Table, metric: Metric) -> tuple[float, float]:
    """The scale of the metric's answers."""
    use = None if metric.desk else table.mapping.use(metric.needs[0])
    return (use.scale if use else None) or (0.0, 1.0)


@dataclass(frozen=True)
class Asked:
    """A metric under one of its rules, with what is set for it as (name, value)."""

    metric: Metric
    rule: Rule
    settings: tuple[tuple[str, str], ...] = ()


def moments(value: Any, family: str, prefix: str) -> dict[str, Any]:
    """Counts and centred moments of `value`. Discrete values are summed as small whole numbers, which is exact and
    costs least; others take the engine's own centred variance, so that large numbers lose no digits."""
    if family == "mean":
        return {
            f"{prefix}n": value.count(),
            f"{prefix}mean": value.mean(),
            f"{prefix}variance": value.var(how="pop"),
        }
    step = (value / 100).cast("int32")
    found = {f"{prefix}n": value.count(), f"{prefix}total": step.sum()}
    return found if family == "share" else {**found, f"{prefix}squares": (step * step).sum()}  # of 0 and 1, the same


def seen(rows: ir.Table, rule: Rule, k: int) -> dict[str, Any]:
    """The moments of a metric whose row's numbers are columns already; a ratio's are those of its residuals."""
    value = rows[f"m{k}_value"]
    if rule.family != "ratio":
        return moments(value, rule.family, f"m{k}_")
    both = value.notnull() & rows[f"m{k}_per"].notnull()
    value, per = (ibis.ifelse(both, side, None) for side in (value, rows[f"m{k}_per"]))
    return {
        f"m{k}_n": value.count(),
        f"m{k}_top": value.mean(),
        f"m{k}_bottom": per.mean(),
        f"m{k}_tops": value.var(how="pop"),
        f"m{k}_bottoms": per.var(how="pop"),
        f"m{k}_both": value.cov(per, how="pop"),
    }


def grouped(
    rows: ir.Table,
    table: Table,
    asked: Sequence[Asked],
    groups: Sequence[Any],
    besides: Mapping[str, Any] | None = None,
) -> ir.Table:
    """The one query: every asked metric's moments in each group, and what is counted besides. Runs on any engine Ibis
    speaks to."""
    sums: dict[str, Any] = dict(besides or {})
    for k, one in enumerate(asked):
        if one.metric.desk:
            sums |= seen(rows, one.rule, k)
            continue
        value = value_of(rows, one.metric, one.rule, scale_of(table, one.metric))
        if one.rule.taken is not None:
            n, mean = one.rule.taken(value, one.metric.volume(rows) if one.metric.volume else None)
            sums |= {f"m{k}_n": n, f"m{k}_mean": mean, f"m{k}_variance": ibis.null("float64")}
            continue
        sums |= moments(value, one.rule.family, f"m{k}_")
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
    when = dating(table, asked[0], every)

    def build(source: ir.Table, *, numbers: bool = True, customers: bool = False) -> ir.Table:
        rows = selected(source, table, where)
        if asked[0].rule.last_per_customer:
            rows = last_answers(rows, table, asked[0].metric)
        rows, groups = keyed(rows, columns, when, every)
        sums = {f"m{k}_people": people(rows, one.metric.answer(rows)) for k, one in enumerate(asked) if customers}
        return grouped(rows, table, asked, groups, sums) if numbers else rows.aggregate(by=groups, **sums)

    parts = bool(by or every or where)
    at_once = parts and counted_at_once(table)
    frame = engine.ask(table.path, lambda source: build(source, customers=at_once))
    found = tuple(of_one(frame, k, len(by)) for k in range(len(asked)))
    if not parts or not any(crowded(one, table) for one in found):
        return tuple(one.drop(columns="people", errors="ignore") for one in found)
    if at_once:
        return found
    counts = engine.ask(table.path, lambda source: build(source, numbers=False, customers=True))
    keys = [name for name in counts.columns if name == "period" or name.startswith("b")]
    frame = frame.merge(counts, on=keys, how="left") if keys else frame.join(counts)
    return tuple(of_one(frame, k, len(by)) for k in range(len(asked)))


def dating(table: Table, asked: Asked, every: Every | None) -> str | None:
    """The role whose date groups the rows; raises CannotCompute where periods are asked for and there is none."""
    when = when_of(table, asked.metric, asked.rule)
    if every is not None and when is None:
        raise no_dates()
    return when


def no_dates() -> CannotCompute:
    """What to raise where periods are asked of a file without dates."""
    return CannotCompute(
        "no_dates",
        say("No column of this file says when an answer was given."),
        say("Map one, for example --map 'answered_at=Date', or leave out the periods."),
    )


def keyed(rows: ir.Table, columns: Sequence[str], when: str | None, every: Every | None) -> tuple[ir.Table, list[Any]]:
    """The rows that have a date where periods are asked for, and what groups them: `period`, then `b0` …"""
    groups = [rows[column].cast("string").name(f"b{k}") for k, column in enumerate(columns)]
    if every is not None:
        rows = rows.filter(rows[when].notnull())
        groups.insert(0, rows[when].date().truncate(TRUNCATED[every]).name("period"))
    return rows, groups


def of_one(frame: pd.DataFrame, k: int, groups: int) -> pd.DataFrame:
    """The cells of the k-th metric out of a query's answer.

    A ratio of sums has the variance of its residuals (value − ratio · per) over the mean of `per`: that of the
    linearised ratio (Cochran 1977, Sampling Techniques, 3rd ed., 6.3), so that its interval is a mean's.
    """
    prefix = f"m{k}_"
    keys = (["period"] if "period" in frame else []) + [f"b{k}" for k in range(groups)]
    # Columns as plain arrays, put together once: each step on a frame costs as much as the engine's own work.
    made: dict[str, Any] = {name: frame[name].array for name in keys}
    made["n"] = _whole(frame[f"{prefix}n"])
    if f"{prefix}people" in frame:
        made["people"] = _whole(frame[f"{prefix}people"])

    def part(name: str) -> FloatArray:
        return frame[f"{prefix}{name}"].to_numpy(np.float64, na_value=np.nan)

    with np.errstate(invalid="ignore", divide="ignore"):
        if f"{prefix}total" in frame:
            n = np.where(made["n"] > 0, made["n"], np.nan)
            made["mean"] = 100.0 * part("total") / n
            squares = part("squares" if f"{prefix}squares" in frame else "total")
            made["variance"] = 10_000.0 * squares / n - made["mean"] ** 2
        elif f"{prefix}top" in frame:
            top, bottom, tops, bottoms, both = map(part, ("top", "bottom", "tops", "bottoms", "both"))
            ratio = top / np.where(bottom != 0, bottom, np.nan)
            made["mean"] = ratio
            made["variance"] = np.maximum(tops - 2 * ratio * both + ratio**2 * bottoms, 0) / bottom**2
        else:
            made["mean"], made["variance"] = part("mean"), part("variance")
    if "period" not in made:
        return pd.DataFrame(made)
    days = pd.DatetimeIndex(frame["period"])
    one = pd.DataFrame({**made, "period": days.date})
    return one.iloc[np.argsort(days, kind="stable")].reset_index(drop=True)


def _whole(counted: pd.Series) -> npt.NDArray[np.int64]:
    """Counts as whole numbers, 0 where there is none."""
    return counted.fillna(0).to_numpy(np.int64)


def last_answers(rows: ir.Table, table: Table, metric: Metric) -> ir.Table:
    """Each customer's last answer; raises CannotCompute without customers or dates."""
    answered = rows.filter(rows[metric.needs[0]].notnull())
    marked = answered.mutate(newest=newest(answered, table, metric))
    return marked.filter(marked["newest"])


def newest(rows: ir.Table, table: Table, metric: Metric) -> Any:
    """Whether a row holds its customer's last answer, or one of nobody known; raises what `last_answers` raises."""
    when = when_of(table)
    if not table.has("customer_id") or when is None:
        raise CannotCompute(
            "no_customers",
            say(
                "The last answer of each customer needs a customer's code and a date, and this file lacks one of them."
            ),
            say("Map them, for example --map 'customer_id=Customer', or use the rule per_answer."),
        )
    answered: Any = rows[metric.needs[0]].notnull()
    order = [ibis.desc(rows[when]), ibis.desc(rows["row"])]
    place = ibis.row_number().over(ibis.window(group_by=[rows["customer_id"], answered], order_by=order))
    return answered & ((place == 0) | rows["customer_id"].isnull())


def next_period(start: date, every: Every) -> date:
    """The first day of the period after the one that starts at `start`."""
    if every == "day":
        return start + timedelta(days=1)
    if every == "week":
        return start + timedelta(days=7)
    months = start.month + (1 if every == "month" else 3)
    return date(start.year + (months - 1) // 12, (months - 1) % 12 + 1, 1)
