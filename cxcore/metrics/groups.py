"""Which groups of a table may show a number: none of a few people, and none that the others give away by subtraction.

The minimum is counted in different customers where the file knows them, else in answers. One function for every table:
the command line, the pages and the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from cxcore.values import SMALL_GROUP, Table

FEW_PEOPLE, BESIDE = "people", "beside"  # why a group that has enough answers shows no number
_FEW_ROWS = 200_000


def crowded(frame: pd.DataFrame, table: Table) -> bool:
    """Whether some group has enough answers, and may still have too few customers behind them."""
    if not table.has("customer_id"):
        return False
    n = frame["n"]
    return bool(((n >= SMALL_GROUP) & (n < SMALL_GROUP * table.busiest)).any())


def counted_at_once(table: Table) -> bool:
    """Whether the customers of each group are counted in the one query that computes the numbers: in a file of this
    size a second query takes longer than counting customers that nobody turns out to ask for."""
    return table.has("customer_id") and table.rows_used <= _FEW_ROWS


def people(rows: ir.Table, value: Any) -> Any:
    """The engine's count of different customers among the answers; one without a customer's code counts as one."""
    customer: Any = rows["customer_id"]
    unknown = (customer.isnull() & value.notnull()).sum().fill_null(0)
    return customer.nunique(where=value.notnull()) + unknown


def hidden(frame: pd.DataFrame, groups: Sequence[str], *, beside: bool) -> list[str]:
    """For each row of cells, why its number may not be shown: "people", "beside", or "" where n decides.

    `frame` has `n`, perhaps `people`, and the columns in `groups` (`period` among them) that split the whole. With
    `beside` the groups stand in one table: within a period, or the whole, they add up to a total. Where those too small
    hold fewer than 5 people together, or one stands alone, the smallest shown one is hidden too (complementary
    suppression).
    """
    n = frame["n"].tolist()
    few = frame["people"].fillna(0).tolist() if "people" in frame else n
    why = [FEW_PEOPLE if own < SMALL_GROUP <= size else "" for size, own in zip(n, few, strict=True)]
    if not beside or all(name == "period" for name in groups):
        return why
    periods = frame["period"].tolist() if "period" in groups else [None] * len(n)
    parts: dict[Any, list[int]] = {}
    for k, period in enumerate(periods):
        if n[k] > 0:
            parts.setdefault(period, []).append(k)
    for part in parts.values():
        hide = _beside([(few[k], n[k]) for k in part])
        if hide is not None:
            why[part[hide]] = BESIDE
    return why


def _beside(groups: Sequence[tuple[float, float]]) -> int | None:
    """The place of the group, each given as (people, answers), that is hidden for the sake of the small ones beside it.

    Two small groups that hold five people together protect each other, and so does a small one beside the one hidden.
    """
    small = [people for people, _ in groups if people < SMALL_GROUP]
    shown = [k for k, (people, _) in enumerate(groups) if people >= SMALL_GROUP]
    if not small or not shown or (len(small) > 1 and sum(small) >= SMALL_GROUP):
        return None
    return min(shown, key=lambda k: groups[k][1])
