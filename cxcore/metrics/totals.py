"""Metrics on rows of totals, weighed by their volume, and on scores that were given: numbers without an interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir

from cxcore.language import Message, say
from cxcore.metrics.base import Rule, Unit, unbounded
from cxcore.metrics.select import number_of
from cxcore.values import ColumnUse, Table

_ROWS = say("no interval: the rows are totals, and the file does not say how single contacts spread within them")
_GIVEN = say("as given in the file; no interval: the file does not say how many answers")


def _as_is(value: Any, _: Any) -> Any:
    return value


def weight_of(table: Table) -> Callable[[ir.Table], Any] | None:
    """How to get a row's volume, None where the file has no such column."""
    k = table.mapping.weight
    return None if k is None else number_of(table, table.mapping.columns[k].header)


def _sums(value: Any, volume: Any) -> tuple[Any, Any]:
    """Values and volumes of the rows that have both."""
    both = value.notnull() & (volume > 0)
    return ibis.ifelse(both, value, None), ibis.ifelse(both, volume, None)


def _weighed(value: Any, volume: Any) -> tuple[Any, Any]:
    value, volume = _sums(value, volume)
    return volume.sum(), (value * volume).sum() / volume.sum()


def _per_contact(value: Any, volume: Any) -> tuple[Any, Any]:
    value, volume = _sums(value, volume)
    return volume.sum(), value.sum() / volume.sum()


def _sum(value: Any, _: Any) -> tuple[Any, Any]:
    return value.count(), value.sum()


def _alone(value: Any, _: Any) -> tuple[Any, Any]:
    return value.count(), ibis.ifelse(value.count() == 1, value.max(), None)


def rules(table: Table, use: ColumnUse) -> tuple[Rule, ...]:
    """The rules for a column of a file of totals, the default first."""
    unit: Unit = "seconds" if use.timed else "number"
    mean = Rule(
        "mean", say("mean of the rows"), "mean", unit, say("mean of the rows, each counted once"), _as_is, unbounded
    )
    k = table.mapping.weight
    header = "" if k is None else table.mapping.columns[k].header
    total = _rule("seconds" if use.timed else "cases", "sum", say("sum"), say("sum of the rows"), _sum, _ROWS)
    if k is None:
        return (mean,) if use.averages else (mean, total)
    if use.averages:
        return (
            _rule(
                unit,
                "weighted",
                say("weighted mean"),
                say("mean of the rows, weighted by “{name}”", name=header),
                _weighed,
                say("weighted by “{name}”; {why}", name=header, why=_ROWS),
            ),
            mean,
        )
    return (
        mean,
        total,
        _rule(
            unit,
            "per_contact",
            say("for each contact"),
            say("sum of the rows divided by the sum of “{name}”", name=header),
            _per_contact,
            say("per unit of “{name}”; {why}", name=header, why=_ROWS),
        ),
    )


def given_rules() -> tuple[Rule, ...]:
    """The one rule for scores already computed: each as it stands; several are never taken together."""
    return (_rule("number", "given", say("as given"), say("the score as the file gives it"), _alone, _GIVEN),)


def _rule(
    unit: Unit, name: str, title: Message, meaning: Message, taken: Callable[[Any, Any], tuple[Any, Any]], why: Message
) -> Rule:
    return Rule(name, title, "mean", unit, meaning, _as_is, unbounded, taken=taken, no_interval=why)
