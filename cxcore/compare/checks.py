"""What must be right before an effect means anything: the design, checked on the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from cxcore.compare.apart import typical
from cxcore.compare.sums import Held
from cxcore.engine import Engine
from cxcore.experiment import CheckState, DesignCheck, Effect, Plan
from cxcore.language import listed, plain, say, say_many
from cxcore.roles import ROLES
from cxcore.stats.splits import same_mix, sample_ratio
from cxcore.values import Table

FAILS, CAUTION = 0.001, 0.01  # STATISTICS.md, for the split of the arms
IN_BOTH = 0.05  # the share of customers in both arms above which the arms are no longer apart
DOMINATES = 0.25  # the share of an arm's answers above which the arm hangs on one customer
_PERIODS, _GROUPS, _LEAST = 10, 10, 5  # bins of time, groups of a column, expected rows in a cell
_RARE, _FEW, _TIMES = 1e-6, 100, 3  # Twyman: p, answers in all, and smallest effects that matter

Rows = Callable[[ir.Table], ir.Table]


def split(arms: Mapping[str, Held], shares: Sequence[float]) -> DesignCheck:
    """Whether the arms were filled as planned; a planned arm with nobody in it counts."""
    units = [held.units for held in arms.values()]
    p = sample_ratio(units, shares)
    state: CheckState = "fail" if p < FAILS else "caution" if p < CAUTION else "ok"
    each = [say("{n} in {name}", n=n, name=plain(name)) for name, n in zip(arms, units, strict=True)]
    told = say("{arms}, where {shares} was planned", arms=listed(each), shares=plain(planned_split(shares)))
    says = {
        "ok": say("The arms were filled as planned: {told}.", told=told),
        "caution": say("The arms are a little uneven: {told}. Chance does this in {p:1} % of experiments; check how"
                       " customers were assigned.", told=told, p=100 * p),
        "fail": say("The arms were not filled as planned: {told}. Chance alone hardly ever does this, so something went"
                    " wrong in assigning or recording, and the effect cannot be trusted.", told=told),
    }[state]  # fmt: skip
    return DesignCheck("sample ratio", state, says, p)


def planned_split(shares: Sequence[float]) -> str:
    """The planned split as people write it: 50/50, 90/10."""
    return "/".join(f"{100 * share / sum(shares):.4g}" for share in shares)


def enough(arms: Mapping[str, Held]) -> DesignCheck:
    """Whether each arm has at least two answers. Too few is a state of its own, not a failed design."""
    few = [name for name, held in arms.items() if held.samples[0].n < 2]
    if few:
        says = say("Too few answers to compare anything in: {names}.", names=listed([plain(name) for name in few]))
        return DesignCheck("enough answers", "caution", says)
    return DesignCheck("enough answers", "ok", say("Each arm has answers."))


def varied(arms: Mapping[str, Held]) -> DesignCheck:
    """Whether the answers of an arm differ at all."""
    still = [
        name for name, held in arms.items()
        if held.samples[0].n >= 2 and held.samples[0].variance <= 1e-12 * max(held.samples[0].mean ** 2, 1e-12)
    ]  # fmt: skip
    if still:
        says = say("Every answer is the same in: {names}. Check that the column is the right one.",
                   names=listed([plain(name) for name in still]))  # fmt: skip
        return DesignCheck("constant arms", "caution", says)
    return DesignCheck("constant arms", "ok", say("Answers differ within the arms."))


def duplicates(table: Table) -> DesignCheck:
    """Rows of the file that stand in it twice."""
    n = sum(count for _, count in table.left_out)
    if n:
        says = say_many("{n} row stands in the file more than once, or is an older version of another: it counts once.",
                        "{n} rows stand in the file more than once, or are older versions of others: they count once.",
                        n)  # fmt: skip
        return DesignCheck("duplicates", "caution", says)
    return DesignCheck("duplicates", "ok", say("No row stands in the file twice."))


def repeats(table: Table, unit: str | None, plan: Plan, arms: Mapping[str, Held]) -> DesignCheck:
    """Whether customers who answer more than once are seen as one, and no single one is much of an arm."""
    if unit is not None:
        for name, held in arms.items():
            customers = held.samples[0].customers
            share = customers.largest if customers is not None and customers.repeat else 0.0
            if share > DOMINATES:
                says = say("One customer gave {share:0} % of the answers in {name}: the effect hangs on that customer.",
                           share=100 * share, name=plain(name))  # fmt: skip
                return DesignCheck("repeated customers", "caution", says)
        says = say("Some customers answered more than once; the customer is the unit, and the interval allows for it.")
        return DesignCheck("repeated customers", "ok", says)
    if plan.unit == "row" and table.busiest > 1:
        says = say("Some customers answered more than once and each row is taken for itself: the interval is too"
                   " narrow.")  # fmt: skip
        return DesignCheck("repeated customers", "caution", says)
    if not table.has("customer_id"):
        says = say("No column says who the customers are, so each row is taken for one customer.")
        return DesignCheck("repeated customers", "ok", says)
    return DesignCheck("repeated customers", "ok", say("No customer answered more than once."))


def in_both(engine: Engine, table: Table, rows: Rows, arm: Any, names: Sequence[str], unit: str) -> DesignCheck:
    """Units that are in more than one arm."""

    def count(source: ir.Table) -> ir.Table:
        seen = rows(source).mutate(arm=arm)
        seen = seen.filter(seen["arm"].isin(list(names)) & seen[unit].notnull())
        each = seen.group_by(unit).aggregate(arms=seen["arm"].nunique())
        return each.aggregate(units=each.count(), both=(each["arms"] > 1).sum())

    row = engine.ask(table.path, count).iloc[0]
    units, both = int(row["units"]), 0 if pd.isna(row["both"]) else int(row["both"])
    if not both:
        return DesignCheck("units in both arms", "ok", say("No customer is in more than one arm."))
    share = 100 * both / units
    says = say_many("{n} customer is in more than one arm ({share:1} %).",
                    "{n} customers are in more than one arm ({share:1} %).", both, share=share)  # fmt: skip
    return DesignCheck("units in both arms", "fail" if both > IN_BOTH * units else "caution", says)


def mixes(
    engine: Engine, table: Table, rows: Rows, arm: Any, names: Sequence[str], columns: Sequence[str],
    when: str | None, unit: str | None,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """How many rows (units, where they repeat) each arm has for each value of each column, and on each day (`when`):
    one query; arms down, values across."""
    if not columns and when is None:
        return {}

    def count(source: ir.Table) -> ir.Table:
        seen = rows(source).mutate(arm=arm)
        seen = seen.filter(seen["arm"].isin(list(names)))
        parts = []
        for column in [*columns, *([when] if when else [])]:
            value: Any = seen[column].date().cast("string") if column == when else seen[column].cast("string")
            each = seen.mutate(value=value)
            number: Any = each.count() if unit is None else each[unit].nunique()
            parts.append(each.group_by("arm", "value").aggregate(n=number).mutate(column=ibis.literal(column)))
        return ibis.union(*parts) if len(parts) > 1 else parts[0]

    frame = engine.ask(table.path, count)
    frame = frame[frame["value"].notna()]
    return {
        str(column): part.pivot_table(index="arm", columns="value", values="n", aggfunc="sum", fill_value=0).reindex(
            list(names), fill_value=0)
        for column, part in frame.groupby("column")
    }  # fmt: skip


def period(days: pd.DataFrame | None) -> DesignCheck:
    """Whether the arms ran in the same period, evenly."""
    if days is None or days.empty or (days.sum(axis=1) == 0).any():
        return DesignCheck("same period", "ok", say("No dates say when the arms ran."))
    days = days[sorted(days.columns)]
    spans = [(part.index[part > 0][0], part.index[part > 0][-1]) for _, part in days.iterrows()]
    first, last = max(start for start, _ in spans), min(end for _, end in spans)
    if first > last:
        says = say("The arms ran in different periods: whatever else changed between them counts as the effect.")
        return DesignCheck("same period", "fail", says)
    p = same_mix(_binned(days.to_numpy(np.float64)))
    facts = {"start": date.fromisoformat(min(s for s, _ in spans)), "end": date.fromisoformat(max(e for _, e in spans))}
    if p < FAILS:
        says = say("Between {start} and {end} the arms were not filled at the same pace: part of the effect may be that"
                   " of time.", **facts)  # fmt: skip
        return DesignCheck("same period", "caution", says, p)
    return DesignCheck("same period", "ok", say("All arms ran from {start} to {end}.", **facts), p)


def _binned(table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Days put together to at most ten periods of about as many rows, so that no cell is nearly empty."""
    total = table.sum(axis=0)
    bins = max(min(_PERIODS, int(table.sum(axis=1).min() // _LEAST)), 1)
    place = np.minimum((np.cumsum(total) - total / 2) / total.sum() * bins, bins - 1).astype(int)
    return np.stack([np.bincount(place, row, bins) for row in table])


def one_change(plan: Plan, table: Table, seen: Mapping[str, pd.DataFrame]) -> DesignCheck:
    """Whether one thing only differs between the arms: by what the plan names, and by the other columns."""
    if len(plan.changes) > 1:
        says = say("The plan names {n} changes: an effect could not be put down to any one of them.",
                   n=len(plan.changes))  # fmt: skip
        return DesignCheck("one change", "fail", says)
    uneven, apart = [], []
    for column, counts in seen.items():
        name = plain(table.header(column) if column in ROLES else _header(table, column))
        filled = counts.loc[(counts.sum(axis=1) > 0)]
        if len(filled) < 2 or len(filled.columns) < 2:
            continue
        if column in ROLES and column != "variant" and bool(((filled > 0).sum(axis=0) == 1).all()):
            apart.append(name)
        elif same_mix(_largest(filled.to_numpy(np.float64))) < FAILS / len(seen):
            uneven.append(name)
    if apart:
        says = say("The arms differ in something else too: {names}. The effect cannot be put down to the change.",
                   names=listed(apart))  # fmt: skip
        return DesignCheck("one change", "fail", says)
    if uneven:
        says = say("The arms hold different mixes of: {names}. Part of the effect may be theirs.", names=listed(uneven))
        return DesignCheck("one change", "caution", says)
    return DesignCheck("one change", "ok", say("The arms differ in no other column of the file."))


def _header(table: Table, column: str) -> str:
    return table.mapping.columns[int(column[1:])].header


def _largest(table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The commonest values, and all others together; those expected in fewer than five rows of an arm are others."""
    order = np.argsort(-table.sum(axis=0))
    table = table[:, order]
    least = table.sum(axis=0) * (table.sum(axis=1).min() / table.sum())
    kept = max(min(int((least >= _LEAST).sum()), _GROUPS), 1)
    return np.column_stack([table[:, :kept], table[:, kept:].sum(axis=1)])


def ended(plan: Plan, arms: Mapping[str, Held]) -> DesignCheck | None:
    """Whether the planned end is reached, where one look at the end was planned."""
    if plan.looks != "one" or (plan.size is None and plan.end is None):
        return None
    least = min(held.samples[0].n for held in arms.values())
    if plan.size is not None and least < plan.size:
        says = say("{n} of the planned {size} answers per arm are in: whoever looks early and stops when it looks good"
                   " errs far more often than once in twenty.", n=least, size=plan.size)  # fmt: skip
        return DesignCheck("planned end", "caution", says)
    last = max((held.last for held in arms.values() if held.last is not None and not pd.isna(held.last)), default=None)
    if plan.end is not None and last is not None and pd.Timestamp(last).date() < plan.end:
        says = say("The answers end before the planned end of {end}: whoever looks early and stops when it looks good"
                   " errs far more often than once in twenty.", end=plan.end)  # fmt: skip
        return DesignCheck("planned end", "caution", says)
    return DesignCheck("planned end", "ok", say("The planned end is reached."))


def surprises(effects: Sequence[Effect], arms: Mapping[str, Held], plan: Plan) -> list[DesignCheck]:
    """Twyman's law: a figure that looks striking is usually wrong. Empty where no effect can be told."""
    told = [effect for effect in effects if effect.status == "ok" and effect.value is not None]
    if not told:
        return []
    if any(_striking(effect, arms[effect.control], arms[effect.treatment], plan) for effect in told):
        says = say("Check the data first: the difference is larger than anybody would expect, and a mistake in the data"
                   " is likelier than such an effect.")  # fmt: skip
        return [DesignCheck("too good to be true", "caution", says)]
    return [DesignCheck("too good to be true", "ok", say("The difference is of a size one may believe."))]


def _striking(effect: Effect, control: Held, treatment: Held, plan: Plan) -> bool:
    value, sample = effect.value or 0.0, control.samples[0]
    if effect.told == "ratio":
        value = (value - 1) * typical(sample)
    large = plan.effect is not None and effect.told != "hazard ratio" and abs(value) > _TIMES * plan.effect
    few = sample.n + treatment.samples[0].n < _FEW
    return large or (few and effect.p_alone is not None and effect.p_alone < _RARE)
