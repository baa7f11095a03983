"""What is compared: a metric under a rule, and by which kind of statistics; and the rows with its number in each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from cxcore.engine import Engine
from cxcore.errors import CannotCompute, CxError
from cxcore.experiment import Plan
from cxcore.language import listed, say
from cxcore.mapping.headers import roles_named
from cxcore.metrics import METRICS, columns
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.cells import Asked, newest, scale_of, value_of
from cxcore.metrics.desk import Span, lacking, ready
from cxcore.metrics.select import column_of, meeting, selected
from cxcore.roles import ROLES
from cxcore.values import Table

_NO_NUMBERS = frozenset({"id", "time", "category", "text"})
_PARTS = ("file", "sheet")  # the last column of a table made of several, named by what they were
Kind = Literal["nps", "share", "mean", "ratio", "duration", "survival"]


@dataclass(frozen=True)
class Outcome:
    """One metric as it is compared. `direction` is 1 where more is better, −1 where less is (`assumed` where nothing
    says so); `within` is the range that no row's number can leave (its end infinite for counts and times), None where
    there is none."""

    asked: Asked
    kind: Kind
    unit: str
    direction: int
    within: tuple[float, float] | None = None
    assumed: bool = False

    @property
    def metric(self) -> Metric:
        """The metric of the list, or that of a column."""
        return self.asked.metric

    @property
    def rule(self) -> Rule:
        """The rule it is computed by."""
        return self.asked.rule


def outcome(engine: Engine, table: Table, name: str, plan: Plan | None = None) -> Outcome:
    """The outcome of that name; with a plan, under its rule and settings.

    Raises UnknownName for a name or rule that is not there, CannotCompute where the file has no answer, or where the
    metric is a count at one moment, which two arms cannot have each.
    """
    metric = columns.metric_named(engine, table, name)
    settings = plan.settings if plan else ()
    named = plan.rule if plan else None
    rule = metric.rule(named) if named else (metric.default(table, settings) if metric.desk else _first(metric))
    asked = Asked(metric, rule, tuple(settings))
    unable = lacking(table, asked) if metric.desk else _missing(table, metric)
    if unable is not None:
        raise unable
    if rule.family == "stock" or rule.taken is not None:
        raise CannotCompute(
            "cannot_be_compared",
            say("{metric} cannot be compared between arms: it is no number of single rows.", metric=metric.title),
            say("Choose a metric that has a number in each row."),
        )
    wanted = plan.lower_is_better if plan else None
    direction = metric.direction or 1
    if wanted is not None:
        direction = -1 if wanted else 1
    assumed = not metric.direction and wanted is None
    timed = rule.unit == "seconds" or _is_duration(table, metric)
    kind: Kind = _kind(rule, timed=timed)
    within = _within(table, metric, rule, timed=timed)
    return Outcome(asked, kind, "seconds" if timed else rule.unit, direction, within, assumed)


def _within(table: Table, metric: Metric, rule: Rule, *, timed: bool) -> tuple[float, float] | None:
    """The range a row's number cannot leave. No time is below 0."""
    low, high = (0.0, math.inf) if timed else rule.bounds(scale_of(table, metric))
    return (low, high) if math.isfinite(low) and high > low else None


def _first(metric: Metric) -> Rule:
    """The default rule; of a file of totals, the first that sees single rows."""
    return next((rule for rule in metric.rules if rule.taken is None), metric.rules[0])


def _missing(table: Table, metric: Metric) -> CannotCompute | None:
    missing = [role for role in metric.needs if role in ROLES and not table.has(role)]
    if not missing:
        return None
    return CannotCompute(
        "no_such_role",
        say("{metric} needs a column that this file does not have, or that was not recognised: {names}.",
            metric=metric.title, names=listed([ROLES[role].meaning for role in missing])),
        say("Map one, for example --map '{role}=Column name'.", role=missing[0]),
    )  # fmt: skip


def _is_duration(table: Table, metric: Metric) -> bool:
    role = metric.needs[0] if metric.needs else ""
    return not metric.desk and role in ROLES and ROLES[role].type == "duration" and table.has(role)


def _kind(rule: Rule, *, timed: bool) -> Kind:
    if rule.family == "survival":
        return "survival"
    if timed:
        return "duration"
    return rule.family  # type: ignore[return-value]


def measures(engine: Engine, table: Table) -> tuple[str, ...]:
    """The metrics, and the columns of numbers or of 0 and 1, that arms of this table can be compared by."""
    once = {"contacts"} if table.busiest <= 1 else set()  # every customer made one contact
    names = [metric.name for metric in METRICS.values() if metric.offered(table) and metric.name not in once]
    taken = {role for name in names for role in METRICS[name].needs} | {"variant"}
    for use in table.mapping.columns:
        role = use.role if use.fate == "role" else None
        kind = ROLES[role].type if role else None
        if use.header and use.fate not in {"personal", "segment"} and role not in taken and kind not in _NO_NUMBERS:
            names.append(role or use.header)
    return tuple(name for name in dict.fromkeys(names) if _can_be(engine, table, name))


def _can_be(engine: Engine, table: Table, name: str) -> bool:
    try:
        outcome(engine, table, name)
    except CxError:
        return False
    return True


def rows_of(
    source: ir.Table, table: Table, outcomes: Sequence[Outcome], spoken: Span, plan: Plan, variant: str
) -> ir.Table:
    """The rows that count and meet the plan's conditions, with `m{k}_value` for the k-th outcome (and `m{k}_per` for a
    ratio, `m{k}_stopped` for a time that may still run). A count per customer stands in one of the customer's rows."""
    desk = [k for k, one in enumerate(outcomes) if one.metric.desk]
    rows: ir.Table
    if desk:
        rows = ready(source, table, [outcomes[k].asked for k in desk], spoken, (), desk)
        rows = meeting(rows, table, plan.where)
    else:
        rows = selected(source, table, plan.where)
    for k, one in enumerate(outcomes):
        if one.rule.per_customer:
            own = ibis.window(group_by=[rows["customer_id"], *([rows[variant]] if variant else [])])
            first = ibis.row_number().over(own) == 0
            total: Any = rows[f"m{k}_value"].sum().over(own)
            rows = rows.mutate(**{f"m{k}_value": ibis.ifelse(first & rows["customer_id"].notnull(), total, None)})
        if k in desk:
            continue
        value: Any = value_of(rows, one.metric, one.rule, scale_of(table, one.metric))
        if one.rule.last_per_customer:
            value = ibis.ifelse(newest(rows, table, one.metric), value, None)
        rows = rows.mutate(**{f"m{k}_value": value})
    return rows


def variants(table: Table) -> tuple[str, ...]:
    """The columns that may say which arm a row is in, best first: the first is taken where none is named."""
    variant = table.mapping.use("variant")
    split = variant is not None and not table.mapping.columns[variant.columns[0]].constant
    found = ["variant"] if split else []
    found += [use.header for use in table.mapping.columns[-1:] if use.header in _PARTS and not use.constant]
    found += ["phase"] if table.has("phase") else []
    found += [use.header for use in table.mapping.columns if use.fate == "segment" and not use.constant and use.header]
    return tuple(dict.fromkeys(found))


def variant_of(table: Table, plan: Plan) -> str:
    """The table's column of the arms; raises UnknownName for one that is not there, CannotCompute where none is."""
    if plan.variant is not None:
        return column_of(table, plan.variant)
    likely = variants(table)[:1]
    if not likely or likely[0] not in {"variant", "phase", *_PARTS}:
        called = _called_so(table)
        if called is not None:
            return called  # of one value or too many: what is wrong with its values is said where they are counted
        raise CannotCompute(
            "no_variant",
            say("No column of this file says which arm of the experiment a row belongs to."),
            say("Name it: --variant 'Column name', or bring one file for each arm."),
        )
    return column_of(table, likely[0])


def _called_so(table: Table) -> str | None:
    """The column whose header says it is that of the arms, whatever its values."""
    for use in table.mapping.columns:
        if use.role == "variant" and use.fate == "role":
            return "variant"
        if use.fate == "segment" and any(name.role == "variant" for name in roles_named(use.header)[:1]):
            return column_of(table, use.header)
    return None


def unit_of(table: Table, plan: Plan) -> str | None:
    """The table's column of what was assigned to the arms, None where each row stands for itself."""
    if plan.unit == "row":
        return None
    if plan.unit is None:
        return "customer_id" if table.busiest > 1 else None
    column = column_of(table, plan.unit)
    return None if column == "customer_id" and table.busiest <= 1 else column
