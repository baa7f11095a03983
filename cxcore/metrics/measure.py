"""A metric measured: overall, by period, by groups, with what was left out: for pages, report, commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.language import listed, say
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.cells import Asked, last_answers, next_period, scale_of
from cxcore.metrics.desk import lacking, reasons
from cxcore.metrics.estimate import estimates
from cxcore.metrics.frames import frames
from cxcore.metrics.ledger import Terms, terms
from cxcore.metrics.select import selected
from cxcore.roles import ROLES
from cxcore.values import Condition, Estimate, Every, Table


@dataclass(frozen=True)
class Measured:
    """Estimates with the metric, the rule and the rows that are not in them, by reason."""

    metric: Metric
    rule: Rule
    estimates: tuple[Estimate, ...]
    left_out: tuple[tuple[str, int], ...]
    terms: Terms | None = None


def measure(
    engine: Engine,
    table: Table,
    metric: Metric,
    rule_name: str | None = None,
    *,
    every: Every | None = None,
    by: Sequence[str] = (),
    where: Sequence[Condition] = (),
    settings: Sequence[tuple[str, str]] = (),
) -> Measured:
    """The estimates asked for, periods in order, groups by size within them; empty periods stand with n 0.

    `settings` are (name, value) as `--set` takes them. Raises UnknownName for a rule, setting or column that is not
    there, CannotCompute where the table cannot answer.
    """
    rule = metric.rule(rule_name) if rule_name or not metric.desk else metric.default(table, settings)
    asked = Asked(metric, rule, tuple(settings))
    if unable := lacking(table, asked) if metric.desk else _without_its_role(table, metric):
        raise unable
    (frame,) = frames(engine, table, [asked], by=by, every=every, where=where)
    if every is not None and rule.family != "stock":
        frame = with_gaps(frame, every, len(by))
    order = (["period"] if every is not None else []) + ["n"]
    frame = frame.sort_values(order, ascending=[True] * (len(order) - 1) + [False], kind="stable")
    found = estimates(
        frame, metric.name, rule, scale_of(table, metric), by, split=bool(by or every or where), beside=True
    )
    if not metric.desk:
        return Measured(metric, rule, found, left_out(engine, table, metric, rule, where))
    gone = (*reasons(engine, table, asked, where), *((f"{name}_rows", count) for name, count in table.left_out))
    return Measured(metric, rule, found, gone, terms(engine, table, asked, where))


def _without_its_role(table: Table, metric: Metric) -> CannotCompute | None:
    missing = [ROLES[role].meaning for role in metric.needs if role in ROLES and not table.has(role)]
    if not missing:
        return None
    return CannotCompute(
        "no_such_role",
        say("{metric} needs a column that this file does not have, or that was not recognised: {names}.",
            metric=metric.title, names=listed(missing)),
        say("Map one, for example --map '{role}=Column name'.", role=metric.needs[0]),
    )  # fmt: skip


def with_gaps(frame: pd.DataFrame, every: Every, groups: int) -> pd.DataFrame:
    """The cells with a row for every period between the first and the last, of every group."""
    if frame.empty:
        return frame
    periods = []
    current, last = min(frame["period"]), max(frame["period"])
    while current <= last:
        periods.append(current)
        current = next_period(current, every)
    names = [f"b{k}" for k in range(groups)]
    if len(frame) == len(periods) * (len(frame[names].drop_duplicates()) if names else 1):
        return frame  # nothing is missing
    grid = pd.DataFrame({"period": periods})
    if names:
        grid = grid.merge(frame[names].drop_duplicates(), how="cross")
    full = grid.merge(frame, on=["period", *names], how="left")
    full["n"] = full["n"].fillna(0).astype("int64")
    return full


def left_out(
    engine: Engine, table: Table, metric: Metric, rule: Rule, where: Sequence[Condition] = ()
) -> tuple[tuple[str, int], ...]:
    """Rows the number does not count: skipped, off_scale, earlier answers of a customer, repeated rows of the file."""
    role = metric.needs[0]
    known = next(((skipped, off) for name, skipped, off in table.unanswered if name == role), None)
    if known is None:
        return ()
    if where:
        known = _unanswered(engine, table, role, where)
    counts = {"skipped": known[0], "off_scale": known[1]}
    if rule.last_per_customer:
        counts["earlier_answers"] = _earlier_answers(engine, table, metric, where)
    counts |= {f"{reason}_rows": count for reason, count in table.left_out}
    return tuple(counts.items())


def _unanswered(engine: Engine, table: Table, role: str, where: Sequence[Condition]) -> tuple[int, int]:
    """Rows that meet the conditions and were skipped, and those off the scale."""

    def build(source: ir.Table) -> ir.Table:
        rows = selected(source, table, where)
        off: Any = rows[f"{role}_off"].fill_null(False)
        return rows.aggregate(skipped=(rows[role].isnull() & ~off).sum(), off=off.sum())

    row = engine.ask(table.path, build).iloc[0]
    return tuple(0 if pd.isna(row[name]) else int(row[name]) for name in ("skipped", "off"))  # type: ignore[return-value]


def _earlier_answers(engine: Engine, table: Table, metric: Metric, where: Sequence[Condition]) -> int:
    """Answers that a later one of the same customer stands for."""

    def build(source: ir.Table) -> ir.Table:
        rows = selected(source, table, where)
        return rows.aggregate(n=rows[metric.needs[0]].count())

    def kept(source: ir.Table) -> ir.Table:
        return last_answers(selected(source, table, where), table, metric).aggregate(n=lambda t: t.count())

    return int(engine.ask(table.path, build)["n"].iloc[0]) - int(engine.ask(table.path, kept)["n"].iloc[0])
