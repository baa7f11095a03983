"""The rows an effect was made of: arm, answer, customer, as the method takes them."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
import pandas as pd

from cxcore.compare.scene import Scene, named_arms, phase_of, scene
from cxcore.compare.sums import unit_in
from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.experiment import Plan
from cxcore.language import say
from cxcore.values import SMALL_GROUP, Table


def rows_compared(engine: Engine, table: Table, plan: Plan) -> pd.DataFrame:
    """One row an answer that counts, in the file's order.

    `row` (its number in the spreadsheet), `arm`, `answer` (NPS as 100, 0, −100, a share as 100 and 0, times in
    seconds); and where they matter `phase` (before or after the change), `customer` (its pseudonym; a row of nobody
    known is a customer of its own), `per` (the answer is taken over it), `over` (1: the time is over, 0: it runs on).
    Raises CannotCompute where an arm tells of fewer than 5 customers, whose answers could be told apart.
    """
    one = scene(engine, table, plan)

    def query(source: ir.Table) -> ir.Table:
        rows = one.rows(source).mutate(arm=one.arm)
        rows = rows.filter(rows["m0_value"].notnull() & rows["arm"].notnull())
        return rows.select(**_columns(one, rows)).order_by("row")

    frame = engine.ask(table.path, query)
    names, _ = named_arms(set(frame["arm"]), plan)
    frame = frame[frame["arm"].isin(names)].reset_index(drop=True)
    people = frame.groupby("arm")["customer" if "customer" in frame else "row"].nunique()
    if frame.empty or int(people.min()) < SMALL_GROUP:
        raise CannotCompute(
            "small_group",
            say("A group tells of fewer than {n} customers, so that its rows are not handed out.", n=SMALL_GROUP),
            say("Gather more answers first."),
        )
    return frame


def _columns(one: Scene, rows: ir.Table) -> dict[str, Any]:
    outcome = one.outcomes[0]
    found: dict[str, Any] = {"row": rows["row"], "arm": rows["arm"]}
    if one.moved:
        found["phase"] = phase_of(one, rows)
    if one.unit is not None:
        found["customer"] = unit_in(rows, one.unit)
    found["answer"] = rows["m0_value"].cast("float64")
    if outcome.kind == "ratio":
        found["per"] = rows["m0_per"].cast("float64")
    if outcome.kind == "survival":
        found["over"] = rows["m0_stopped"].cast("int8")
    return found
