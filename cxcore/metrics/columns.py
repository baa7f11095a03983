"""A metric on any numeric column of the file: a share where the column holds 0 and 1, else a mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir

from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.language import plain, say
from cxcore.metrics import METRICS, named, offered, totals
from cxcore.metrics.base import Metric, Rule, from_zero, unbounded, whole_range
from cxcore.metrics.select import column_of, number_of
from cxcore.roles import ROLES
from cxcore.values import Table

_YES = ("true", "yes", "si", "sì", "vero", "oui", "ja")
_NO = ("false", "no", "falso", "non", "nein")


def metric_named(engine: Engine, table: Table, name: str) -> Metric:
    """The metric of that name, or the metric on the column of that name; raises UnknownName where there is neither."""
    own = name in {use.header for use in table.mapping.columns}
    if name in METRICS and (not own or METRICS[name] in offered(table)):
        return named(name)
    if any(name in {use.header, use.role} for use in table.mapping.columns):
        return of_column(engine, table, name)
    return named(name)


def of_column(engine: Engine, table: Table, column: str) -> Metric:
    """The metric of a numeric or 0/1 column, named by header or role.

    Raises UnknownName for a column that is not there, CannotCompute for one that holds no numbers.
    """
    numbers = number_of(table, column) or _yes_or_no(engine, table, column)
    if numbers is None:
        raise CannotCompute(
            "not_numeric",
            say("The column {name} holds no numbers.", name=column),
            say("Choose a column of numbers, or of 0 and 1."),
        )

    def spread(rows: ir.Table) -> ir.Table:
        held = numbers(rows)
        return rows.aggregate(part=((held != 0) & (held != 1)).sum(), least=held.min())

    if table.mapping.kind == "daily":
        use = table.mapping.columns[int(column_of(table, column)[1:])]
        rules = totals.rules(table, use)
        return _of(table, column, rules, numbers)
    if table.mapping.given and column_of(table, column) in {f"x{k}" for k in table.mapping.given}:
        return _of(table, column, totals.given_rules(), numbers)
    seen = engine.ask(table.path, spread).iloc[0]
    if not seen["part"]:
        rule = Rule("share", say("share"), "share", "%", say("share of rows with 1 among those with 0 or 1"),
                    lambda value, _: value * 100, whole_range)  # fmt: skip
    else:
        rule = Rule(
            "mean",
            say("mean"),
            "mean",
            "number",
            say("mean of the column"),
            lambda value, _: value,
            from_zero if seen["least"] >= 0 else unbounded,
        )
    return _of(table, column, (rule,), numbers)


def _yes_or_no(engine: Engine, table: Table, column: str) -> Callable[[ir.Table], Any] | None:
    """How to read a column of yes and no, or of true and false, as 1 and 0; None where it says anything else."""
    name = column_of(table, column)

    def word(rows: ir.Table) -> Any:
        return rows[name].cast("string").strip().lower()

    def seen(rows: ir.Table) -> ir.Table:
        text = word(rows)
        other = (text.isnull() | (text == "") | text.isin([*_YES, *_NO])) == ibis.literal(False)
        return rows.aggregate(yes=text.isin(_YES).sum(), no=text.isin(_NO).sum(), other=other.sum())

    row = engine.ask(table.path, seen).fillna(0).iloc[0]
    if row["other"] or not row["yes"] or not row["no"]:
        return None
    return lambda rows: ibis.cases((word(rows).isin(_YES), 1.0), (word(rows).isin(_NO), 0.0), else_=None)


def _of(table: Table, column: str, rules: tuple[Rule, ...], numbers: Callable[[ir.Table], Any]) -> Metric:
    known = column_of(table, column)
    return Metric(
        column, plain(column), say("What does this column say?"), (known,), rules, direction_of(known),
        say("the file itself"), numbers, totals.weight_of(table),
    )  # fmt: skip


def direction_of(column: str) -> int:
    """1 where more of a column of the table is better, −1 where less is, 0 where its role does not say."""
    return ROLES[column].direction if column in ROLES else 0
