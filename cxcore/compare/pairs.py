"""Less noise from what was known of each customer before the change: CUPED and Lin's regression."""

from __future__ import annotations

import math
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxcore.compare.scene import Scene
from cxcore.errors import CannotCompute
from cxcore.experiment import Also
from cxcore.language import Message, say
from cxcore.metrics.select import column_of, number_of
from cxcore.roles import ROLES
from cxcore.stats import mean_difference
from cxcore.stats.cuped import Paired, cuped, lin

_DIFFERENT = 0.001  # p below which the earlier values of the arms differ more than assignment by chance allows
_MOST_ROWS = 200_000  # customers read for the regression


def adjusted(one: Scene, control: str, treatment: str) -> list[Also]:
    """The effect allowing for the earlier value, by CUPED and by Lin's regression; empty where there is none.

    Raises CannotCompute for an earlier value that was not measured before the change.
    """
    if not has_before(one) or one.outcomes[0].kind in {"ratio", "survival"}:
        return []
    _before_the_change(one)
    frame = one.engine.ask(one.table.path, lambda source: _moments(one, source, (control, treatment)))
    arms = {str(row["arm"]): row for _, row in frame.iterrows()}
    if any(name not in arms or arms[name]["n"] < 2 for name in (control, treatment)):
        return []
    pairs = [_paired(arms[name]) for name in (control, treatment)]
    c, t = ((p.n, p.mean_x, math.sqrt(p.variance_x)) for p in pairs)
    apart = mean_difference(c, t)
    unit = one.outcomes[0].unit
    if apart.p is not None and apart.p < _DIFFERENT:
        why = say("refused: the earlier values of the arms differ already; they were not measured before the change, or"
                  " the arms were not assigned by chance")  # fmt: skip
        return [Also("CUPED", None, None, None, None, unit, why)]
    found = cuped(pairs[0], pairs[1], one.plan.level)
    if found is None:
        return []
    best = found.difference
    how = say("CUPED with the value before the change, pooled θ, then Welch; it removed {part:1} % of the variance",
              part=100 * found.removed)  # fmt: skip
    told = [Also("CUPED", best.value, best.low, best.high, best.p, unit, how)]
    if pairs[0].n + pairs[1].n <= _MOST_ROWS:
        told.append(_lin(one, control, treatment))
    return told


def has_before(one: Scene) -> bool:
    """Whether a value from before the change is there: a column of the plan, or rows before its start."""
    if one.plan.design != "arms":
        return False
    dated = one.plan.start is not None and one.when is not None and one.table.has("customer_id")
    return one.plan.before is not None or dated


def _before_the_change(one: Scene) -> None:
    """Raises CannotCompute where the plan's column is the outcome itself, an answer given with it, or dated after."""
    if one.plan.before is None:
        return
    column = column_of(one.table, one.plan.before)
    use = next((u for u in one.table.mapping.columns if one.plan.before in {u.header, u.role}), None)
    role = use.role if use is not None else None
    together = role is not None and ROLES[role].type in {"rating", "flag", "amount"} and one.plan.before_on is None
    start = one.plan.start or (one.table.period[0] if one.table.period else None)
    late = one.plan.before_on is not None and start is not None and one.plan.before_on >= start
    if late or together or column in one.outcomes[0].metric.needs:
        raise CannotCompute(
            "measured_after",
            say("{name} was not measured before the change, so that the change may have moved it too: adjusting by it"
                " would hide part of the effect.", name=one.plan.before),
            say("Take a value from before the start, and say when it was measured."),
        )  # fmt: skip
    if number_of(one.table, one.plan.before) is None:
        raise CannotCompute(
            "not_numeric",
            say("The column {name} holds no numbers.", name=one.plan.before),
            say("Choose a column of numbers, or of 0 and 1."),
        )


def _units(one: Scene, source: ir.Table, names: tuple[str, str]) -> ir.Table:
    """A row a unit: its arm, the mean of its answers (y) and its earlier value (x), where it has both."""
    rows = one.rows(source).mutate(arm=one.arm)
    rows = rows.filter(rows["arm"].isin(list(names)))
    if one.plan.before is not None:
        number = number_of(one.table, one.plan.before)
        rows = rows.mutate(earlier=number(rows) if number else ibis.null("float64"))
        unit: Any = rows[one.unit] if one.unit else rows["row"]
        each = rows.mutate(unit=unit.cast("string")).group_by("arm", "unit").aggregate(
            y=lambda t: t["m0_value"].mean(), x=lambda t: t["earlier"].mean())  # fmt: skip
    else:
        earlier = one.numbered(source)
        earlier = earlier.filter(earlier[one.when].date() < one.plan.start)
        before = earlier.group_by("customer_id").aggregate(x=lambda t: t["m0_value"].mean())
        after = rows.group_by("arm", "customer_id").aggregate(y=lambda t: t["m0_value"].mean())
        each = after.join(before, "customer_id")
    return each.filter(each["y"].notnull() & each["x"].notnull())


def _moments(one: Scene, source: ir.Table, names: tuple[str, str]) -> ir.Table:
    each = _units(one, source, names)
    y, x = each["y"].cast("float64"), each["x"].cast("float64")
    return each.aggregate(
        by=["arm"], n=each.count(), mean_y=y.mean(), mean_x=x.mean(), variance_y=y.var(), variance_x=x.var(),
        covariance=y.cov(x),
    )  # fmt: skip


def _paired(row: pd.Series) -> Paired:
    numbers = [float(row[name]) for name in ("n", "mean_y", "mean_x", "variance_y", "variance_x", "covariance")]
    return Paired(*numbers)


def _lin(one: Scene, control: str, treatment: str) -> Also:
    frame = one.engine.ask(one.table.path, lambda source: _units(one, source, (control, treatment)))
    found = lin(
        frame["y"].to_numpy(np.float64), frame["x"].to_numpy(np.float64), (frame["arm"] == treatment).to_numpy(),
        one.plan.level,
    )  # fmt: skip
    how: Message = say("Lin's regression on the value before the change, HC2 errors")
    return Also("Lin", found.value, found.low, found.high, found.p, one.outcomes[0].unit, how)
