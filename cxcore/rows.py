"""Level 4. The rows behind a number, for groups large enough that nobody in them is singled out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.mapping.understand import labels
from cxcore.metrics.cells import next_period, no_dates, when_of
from cxcore.metrics.select import selected
from cxcore.values import SMALL_GROUP, SMALL_GROUP_OF_WORDS, Condition, Every, Table

LONGEST_CELL = 2_000  # characters; a longer cell ends in "…"
ROW = "row"  # the first column: the row's number in the spreadsheet


@dataclass(frozen=True)
class Rows:
    """Rows of the file under its own headers, newest first; `total` is how many there are, shown or not.

    `hidden` is true where the group is too small for its rows to be shown: the frame is empty, the count stands.
    """

    frame: pd.DataFrame
    total: int
    hidden: bool = False


def behind(
    engine: Engine,
    table: Table,
    where: Sequence[Condition] = (),
    every: Every | None = None,
    period: date | None = None,
    limit: int = 200,
    role: str | None = None,
    dated: str | None = None,
) -> Rows:
    """The rows that count and meet every condition, in the period that starts at `period`, at most `limit` of them.

    With `role`, only rows where that role has an answer; `dated` is the role whose date puts a row into a period, where
    it is not the one that dates the file. The first column is the row's number in the spreadsheet, then
    every column that was kept: personal ones never are, and a customer's code stands as its pseudonym. A group of
    fewer than 5 customers (rows, where no customer is known) shows its count and no row; one of fewer than 10 shows no
    comments. Raises UnknownName for a column that is not there, CannotCompute for a period of a file without dates.
    """
    if (every is None) != (period is None):
        raise ValueError("a period is named by its first day and its length, both or neither")
    when = dated or when_of(table)
    if period is not None and when is None:
        raise no_dates()

    def chosen(source: ir.Table) -> ir.Table:
        rows = selected(source, table, where)
        if every is not None and period is not None:
            rows = rows.filter(rows[when].date() >= period, rows[when].date() < next_period(period, every))
        return rows.filter(rows[role].notnull()) if role else rows

    def newest(rows: ir.Table) -> list[Any]:
        if when is None:
            return [ibis.desc(rows["row"])]
        return [ibis.desc(rows[when], nulls_first=False), ibis.desc("row")]

    return ordered(engine, table, chosen, newest, limit, fewest=SMALL_GROUP_OF_WORDS if role == "comment" else 0)


def ordered(
    engine: Engine,
    table: Table,
    chosen: Callable[[ir.Table], ir.Table],
    order: Callable[[ir.Table], list[Any]],
    limit: int,
    *,
    fewest: int = 0,
    beside: Mapping[str, str] | None = None,
) -> Rows:
    """The first `limit` of the rows that `chosen` makes of the table, in that order; hidden as `behind` hides them, or
    where they tell of fewer customers than `fewest`. `beside` are columns of `chosen` to show too, by their name."""
    total, people = _size(engine, table, chosen)
    if people < max(fewest, SMALL_GROUP):
        return Rows(pd.DataFrame(), total, hidden=total > 0)
    extra = dict(beside or {})

    def first(source: ir.Table) -> ir.Table:
        rows = chosen(source)
        shown = _shown(rows, table, words=people >= SMALL_GROUP_OF_WORDS)
        added = {name: rows[column] for name, column in extra.items()}
        return rows.order_by(order(rows)).limit(limit).select(row=shown.pop("row"), **added, **shown)

    frame = engine.ask(table.path, first)
    kept = [int(name[1:]) for name in frame.columns[1 + len(extra) :]]
    names = labels((ROW, *extra, *(use.header for use in table.mapping.columns)))
    frame.columns = pd.Index([*names[: 1 + len(extra)], *(names[k + 1 + len(extra)] for k in kept)])
    return Rows(frame, total)


def _size(engine: Engine, table: Table, chosen: Any) -> tuple[int, int]:
    """How many rows, and how many customers they tell of; a row without a customer's code counts as one."""

    def build(source: ir.Table) -> ir.Table:
        rows = chosen(source)
        people: Any = rows.count()
        if table.has("customer_id"):
            people = rows["customer_id"].nunique() + rows["customer_id"].isnull().sum().fill_null(0)
        return rows.aggregate(total=rows.count(), people=people)

    row = engine.ask(table.path, build).iloc[0]
    return int(row["total"]), int(row["people"])


def _shown(rows: ir.Table, table: Table, *, words: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"row": rows["row"]}
    for use in table.mapping.columns:
        if use.role == "comment" and not words:
            continue
        if use.fate != "personal" and table.text(use.index) in rows.columns:
            text: Any = rows[table.text(use.index)]
            shown[f"x{use.index}"] = ibis.ifelse(
                text.length() > LONGEST_CELL, text.left(LONGEST_CELL).concat("…"), text
            )
    return shown
