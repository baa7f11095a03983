"""Which rows, and which columns: names of headers and roles → columns of a table; conditions → a filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from cxcore.engine import clock, number
from cxcore.errors import CannotCompute, UnknownName
from cxcore.language import listed, say
from cxcore.roles import ROLES
from cxcore.values import Comparison, Condition, Table

_CONDITION = re.compile(r"^\s*(.+?)\s*(<=|>=|!=|=|<|>)\s*(.*?)\s*$", re.DOTALL)


def condition(text: str) -> Condition:
    """A condition such as `channel=chat` or `age>=18`; raises UnknownName where it is none."""
    match = _CONDITION.match(text)
    if match is None:
        raise UnknownName(
            "bad_condition",
            say("A condition compares a column with a value, and this one does not: {words}.", words=text),
            say("For example: --where 'channel=chat' or --where 'age>=18'."),
        )
    comparison: Comparison = match[2]  # type: ignore[assignment]
    return Condition(match[1], comparison, match[3])


def column_of(table: Table, name: str) -> str:
    """The table's column for a role or a header; raises UnknownName, or CannotCompute for a personal one."""
    if table.has(name):
        return name
    folded = " ".join(name.split()).casefold()
    matches = [use for use in table.mapping.columns if use.header == name] or [
        use for use in table.mapping.columns if " ".join(use.header.split()).casefold() == folded
    ]
    if not matches:
        raise UnknownName(
            "unknown_column",
            say("No column has this name: {name}.", name=name),
            say("The columns are: {names}.", names=listed([use.header for use in table.mapping.columns[:40]])),
        )
    use = matches[0]
    if use.fate == "personal":
        raise CannotCompute(
            "personal_column",
            say("The column {name} holds personal data and was not kept.", name=name),
            say("Split by another column."),
        )
    if use.role and use.fate == "role" and ROLES[use.role].type in {"category", "flag", "id"}:
        return use.role
    return table.text(use.index)


def number_of(table: Table, name: str) -> Callable[[ir.Table], Any] | None:
    """How to get the numbers of a role or a header out of rows, or None where the column holds none."""
    column = column_of(table, name)
    if column in ROLES:
        numeric = ROLES[column].type in {"rating", "duration", "amount", "count", "flag"}
        return (lambda rows: rows[column]) if numeric else None
    use = table.mapping.columns[int(column[1:])]
    if use.timed and table.mapping.kind == "daily":  # elsewhere it may be a time of the day
        return lambda rows: clock(rows[column])
    return (lambda rows: number(rows[column], use.decimal)) if use.numeric else None


def selected(rows: ir.Table, table: Table, conditions: Sequence[Condition]) -> ir.Table:
    """The rows that count, and that meet every condition."""
    if table.left_out:
        rows = rows.filter(rows["left_out"].isnull())
    return meeting(rows, table, conditions)


def meeting(rows: ir.Table, table: Table, conditions: Sequence[Condition]) -> ir.Table:
    """The rows that meet every condition."""
    for one in conditions:
        rows = rows.filter(_holds(rows, table, one))
    return rows


def _holds(rows: ir.Table, table: Table, one: Condition) -> Any:
    column = column_of(table, one.column)
    numeric = number_of(table, one.column)
    value: Any = one.value
    wanted = _number(one.value)
    moment = _moment(one.value)
    left: Any
    if (role := _time_role(table, column)) is not None and (moment is not None or column == role):
        if moment is None:
            raise CannotCompute(
                "not_a_date",
                say("The column {name} holds dates, and {value} is none.", name=one.column, value=one.value),
                say("Write it as year-month-day, for example 2026-01-31."),
            )
        # A day is all of its hours.
        left = rows[role] if ":" in one.value else rows[role].truncate("D")
        value = ibis.literal(moment).cast("timestamp")
    elif numeric is not None and wanted is not None:
        left, value = numeric(rows), wanted
    elif one.comparison in {"=", "!="}:
        left = rows[column].cast("string").strip()
    else:
        raise CannotCompute(
            "not_numeric",
            say("The column {name} cannot be compared by size with {value}.", name=one.column, value=one.value),
            say("Use = or != with one of its values."),
        )
    if one.comparison == "=":
        return left == value
    if one.comparison == "!=":
        return (left != value) | left.isnull()
    return {"<": left < value, "<=": left <= value, ">": left > value, ">=": left >= value}[one.comparison]


def _time_role(table: Table, column: str) -> str | None:
    """The role of time that a table's column serves, or is."""
    for use in table.mapping.roles:
        if ROLES[use.role].type == "time" and column in {use.role, table.text(use.columns[0])}:
            return use.role
    return None


def _moment(text: str) -> datetime | None:
    """The time a value names, without its zone; None where it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ".")) if re.fullmatch(r"[+-]?\d+([.,]\d+)?", text) else None
    except ValueError:
        return None
