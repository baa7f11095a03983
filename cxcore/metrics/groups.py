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


def crowded(frame: pd.DataFrame, table: Table) -> bool:
    """Whether some group has enough answers, and may still have too few customers behind them."""
    if not table.has("customer_id"):
        return False
    n = frame["n"]
    return bool(((n >= SMALL_GROUP) & (n < SMALL_GROUP * table.busiest)).any())


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
    why = pd.Series("", index=frame.index)
    few = frame["people"].fillna(0) if "people" in frame else frame["n"]
    why[(few < SMALL_GROUP) & (frame["n"] >= SMALL_GROUP)] = FEW_PEOPLE
    split = [name for name in groups if name != "period"]
    if beside and split:
        parts = frame.groupby("period", dropna=False).groups.values() if "period" in groups else [frame.index]
        for part in parts:
            _hide_beside(frame.loc[part, "n"], few.loc[part], why)
    return [str(reason) for reason in why]


def _hide_beside(n: pd.Series, few: pd.Series, why: pd.Series) -> None:
    small = list(n.index[(n > 0) & (few < SMALL_GROUP)])
    shown = [k for k in n[n > 0].sort_values(kind="stable").index if k not in set(small)]
    total = few.loc[small].sum()
    while small and shown and (len(small) == 1 or total < SMALL_GROUP):
        smallest = shown.pop(0)
        why[smallest] = BESIDE
        small.append(smallest)
        total += few[smallest]
