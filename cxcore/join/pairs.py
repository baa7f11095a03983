"""Which row of the other table belongs to each row: at most one, and nothing measured there counted twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine, in_zone, instant_in
from cxcore.join.keys import Key, key_of
from cxcore.roles import PERIOD_OF
from cxcore.store import Workspace
from cxcore.values import Table

Later = Literal["mine", "theirs"]
_DAY_ENDS = ibis.interval(days=1)


@dataclass(frozen=True)
class Pairs:
    """Rows that belong together, as a Parquet draft of `mine`, `theirs` (row numbers) and `once`.

    `once` marks one row for each of theirs, the latest: only that one carries what is measured. `by_time`: the latest
    contact before each answer was taken. `passed_over`: rows of theirs that found a row, but a later one stands there.
    """

    path: Path
    matched: int
    again: int
    passed_over: int
    by_time: bool


def when(table: Table) -> str | None:
    """The role that says when a row happened: an answer's own time, else when the contact began."""
    return next((role for role in PERIOD_OF if table.has(role)), None)


def later(mine: Table, theirs: Table) -> Later | None:
    """Which of the two is the survey that follows a contact; None where they are not one survey and one log."""
    kinds = (mine.mapping.kind, theirs.mapping.kind)
    return {("responses", "interactions"): "mine", ("interactions", "responses"): "theirs"}.get(kinds)  # type: ignore[return-value]


def timed(mine: Table, theirs: Table) -> bool:
    """Whether an answer can be put after the contact it follows."""
    return later(mine, theirs) is not None and when(mine) is not None and when(theirs) is not None


def contradicted(engine: Engine, mine: Table, theirs: Table, key: Key) -> bool:
    """Whether the times say that equal ids do not mean the same: most answers come before their contact began, or most
    rows of two files of one kind happened at other times."""
    one, other = when(mine), when(theirs)
    if not key.specific or one is None or other is None:
        return False
    order = later(mine, theirs)
    if order is None and (mine.mapping.kind != theirs.mapping.kind or one != other):
        return False

    def build(first: ir.Table, second: ir.Table) -> ir.Table:
        met = _met(first, second, mine, theirs, key)
        if order is None:
            agree = met["when_mine"] == met["when_theirs"]
        else:
            contact, answer = _in_order(met, order)
            agree = contact < answer.truncate("D") + _DAY_ENDS
        return met.aggregate(share=agree.cast("float64").mean())

    share = engine.ask_of([mine.path, theirs.path], build)["share"].iloc[0]
    return not pd.isna(share) and float(share) < 0.5


def of(engine: Engine, workspace: Workspace, mine: Table, theirs: Table, key: Key) -> Pairs:
    """The pairs of rows under a key, written as a draft."""
    order = later(mine, theirs)
    by_time = timed(mine, theirs) and not (key.specific and key.unique)
    whole_days = by_time and _no_clock(engine, mine if order == "mine" else theirs)

    def build(first: ir.Table, second: ir.Table) -> ir.Table:
        met = _met(first, second, mine, theirs, key)
        if by_time and order is not None:
            contact, answer = _in_order(met, order)
            before = contact < answer.truncate("D") + _DAY_ENDS if whole_days else contact <= answer
            if not key.specific:
                met = met.filter(before)
                if order == "theirs":  # an answer belongs to one contact only: the latest before it
                    met = _first(met, "theirs", [ibis.desc("when_mine"), ibis.desc("mine")])
            elif order == "mine":
                met = met.mutate(before=before)
                met = _first(met, "mine", [ibis.desc("before"), ibis.desc("when_theirs"), ibis.desc("theirs")])
        met = _first(met, "mine", [ibis.desc("when_theirs"), ibis.desc("theirs")])
        place = ibis.row_number().over(
            ibis.window(group_by=met["theirs"], order_by=[ibis.desc(met["when_mine"]), ibis.desc(met["mine"])])
        )
        return met.select("mine", "theirs", once=place == 0)

    draft = workspace.draft()
    engine.write_of([mine.path, theirs.path], build, draft)
    row = engine.ask(
        draft, lambda t: t.aggregate(n=t.count(), once=t["once"].sum().fill_null(0))
    ).iloc[0]  # fmt: skip
    matched, once = int(row["n"]), int(row["once"])
    return Pairs(draft, matched, matched - once, key.their_matched - once, by_time)


def _met(first: ir.Table, second: ir.Table, mine: Table, theirs: Table, key: Key) -> ir.Table:
    """All the rows whose ids meet."""
    one = _side(first, mine, key.mine, key.steps, "mine")
    two = _side(second, theirs, key.theirs, key.steps, "theirs")
    return one.inner_join(two, "key")


def _side(rows: ir.Table, table: Table, role: str, steps: tuple[str, ...], name: str) -> ir.Table:
    rows = rows.filter(rows["left_out"].isnull())
    time = when(table)
    moment: Any = ibis.null("timestamp") if time is None else rows[time]
    use = table.mapping.use(time) if time else None
    if use is not None and use.zone:  # two wall clocks are compared as moments
        moment = in_zone("UTC", instant_in(use.zone, moment))
    rows = rows.select(key_of(rows, role, steps).name("key"), rows["row"].name(name), moment.name(f"when_{name}"))
    return rows.filter(rows["key"].notnull() & (rows["key"] != ""))


def _first(rows: ir.Table, name: str, order: list[Any]) -> ir.Table:
    """The first row of each `name` in an order."""
    place = ibis.row_number().over(ibis.window(group_by=rows[name], order_by=order))
    ranked = rows.mutate(place=place)
    return ranked.filter(ranked["place"] == 0).drop("place")


def _in_order(met: ir.Table, order: Later) -> tuple[Any, Any]:
    """When the contact began, and when the answer came."""
    contact, answer = ("theirs", "mine") if order == "mine" else ("mine", "theirs")
    return met[f"when_{contact}"], met[f"when_{answer}"]


def _no_clock(engine: Engine, table: Table) -> bool:
    """Whether a table's times are days only: then all of the day lies before its end."""
    time = when(table)
    if time is None:
        return False
    frame = engine.ask(table.path, lambda t: t.aggregate(clocked=(t[time] != t[time].truncate("D")).any()))
    clocked = frame["clocked"].iloc[0]
    return pd.isna(clocked) or not bool(clocked)


def span(start: Any, end: Any) -> tuple[date, date] | None:
    """The first and the last day, None where there is none."""
    return None if pd.isna(start) else (start.date(), end.date())
