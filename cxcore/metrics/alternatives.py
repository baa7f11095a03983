"""A metric under every one of its rules: "computed as …", with how far the answer moves from ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cxcore.engine import Engine
from cxcore.language import Message, listed, plain, say
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.cells import Asked, scale_of
from cxcore.metrics.desk import reasons
from cxcore.metrics.estimate import estimates
from cxcore.metrics.figures import figure, gap
from cxcore.metrics.frames import frames
from cxcore.metrics.measure import left_out
from cxcore.roles import ROLES
from cxcore.values import Condition, Estimate, Table


@dataclass(frozen=True)
class Alternative:
    """A metric under one rule.

    `shift` is its value minus that of the rule in force, None where the two ask different things or one has no value.
    `lacking` are the roles this rule needs and the file does not have (then there is no estimate), `left_out` the rows
    that are not in the number, by reason.
    """

    rule: Rule
    estimate: Estimate | None
    left_out: tuple[tuple[str, int], ...] = ()
    shift: float | None = None
    lacking: tuple[str, ...] = ()


def alternatives(
    engine: Engine,
    table: Table,
    metric: Metric,
    *,
    where: Sequence[Condition] = (),
    settings: Sequence[tuple[str, str]] = (),
) -> tuple[Alternative, ...]:
    """The metric under each of its rules, the one in force first. A rule that wants a column to be named is left out
    where none is, and so are customers' last answers where no customers are known. Empty where no rule can be asked."""
    ours = metric.default(table, settings)
    there = [rule for rule in metric.rules_of(table, settings) if not rule.last_per_customer or _dated(table)]
    if not metric.offered(table) or ours not in there:
        return ()
    asked = [Asked(metric, rule, tuple(settings)) for rule in (ours, *(rule for rule in there if rule is not ours))]
    cells = frames(engine, table, asked, where=where)
    scale = scale_of(table, metric)
    found = [_estimate(frame, one, scale, split=bool(where)) for one, frame in zip(asked, cells, strict=True)]
    gone = [_left_out(engine, table, one, where) for one in asked]
    missing = [rule for rule in metric.rules if rule not in there and rule.column is None]
    return (
        *(
            Alternative(one.rule, estimate, out, _shift(found[0], estimate, ours, one.rule))
            for one, estimate, out in zip(asked, found, gone, strict=True)
        ),
        *(Alternative(rule, None, lacking=_lacking(table, rule)) for rule in missing),
    )


def told(one: Alternative, ours: Alternative) -> Message:
    """An alternative in a sentence: under which rule, as which products, the figure, and how far it lies from ours."""
    by = (
        say("{rule} ({products})", rule=one.rule.title, products=listed([plain(name) for name in one.rule.products]))
        if one.rule.products and one.rule.title not in [plain(name) for name in one.rule.products]
        else one.rule.title
    )
    if one.estimate is None:
        lacking = listed([ROLES[role].meaning for role in one.lacking])
        return say("{rule}: not measured; the file lacks {roles}.", rule=by, roles=lacking)
    value = figure(one.estimate.value, one.rule.unit)
    if one.estimate.value is None:
        return say("{rule}: {method}.", rule=by, method=one.estimate.method)
    facts = {"rule": by, "value": value, "n": one.estimate.n}
    if one is ours:
        return say("{rule}: {value} (n = {n}). This is the rule in force.", **facts)
    if one.shift is None:
        return say("{rule}: {value} (n = {n}).", **facts)
    return say("{rule}: {value} (n = {n}), {shift} against ours.", shift=gap(one.shift, one.rule.unit), **facts)


def _estimate(frame: pd.DataFrame, asked: Asked, scale: tuple[float, float], *, split: bool) -> Estimate:
    if frame.empty:
        frame = pd.DataFrame({"n": [0], "mean": [None], "variance": [None]}, dtype="float64")
    return estimates(frame, asked.metric.name, asked.rule, scale, (), split=split)[0]


def _left_out(engine: Engine, table: Table, asked: Asked, where: Sequence[Condition]) -> tuple[tuple[str, int], ...]:
    if asked.metric.desk:
        return reasons(engine, table, asked, where)
    return left_out(engine, table, asked.metric, asked.rule, where)


def _shift(ours: Estimate, other: Estimate, mine: Rule, its: Rule) -> float | None:
    tail = its.quantile not in {None, 0.5, mine.quantile}  # what nine in ten stay below is another question
    if mine is its or mine.unit != its.unit or tail or ours.value is None or other.value is None:
        return None
    return other.value - ours.value


def _dated(table: Table) -> bool:
    return table.has("customer_id") and table.period is not None


def _lacking(table: Table, rule: Rule) -> tuple[str, ...]:
    needs = ("customer_id",) if rule.last_per_customer else rule.needs
    return tuple(role for role in needs if not table.has(role))
