"""A/A check: with the labels shuffled there is no effect; how often would the method have claimed one?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from cxcore.compare.apart import Reading, Side, distance, leaves_out_none
from cxcore.compare.outcome import Outcome
from cxcore.compare.scene import Scene, named_arms, scene
from cxcore.compare.sums import Sample, unit_in
from cxcore.engine import Engine
from cxcore.experiment import Plan, Shuffled
from cxcore.stats import FloatArray, share_interval
from cxcore.stats.clusters import customers_of
from cxcore.values import Table

MOST_UNITS = 50_000  # shuffled; of more, a sample of about so many


def shuffled(engine: Engine, table: Table, plan: Plan, *, runs: int = 500, seed: int = 7) -> Shuffled:
    """In how many of `runs` shuffles of the labels of the first two arms the method claims a difference.

    Whole units (customers, where they repeat) are shuffled, each arm keeps its size. Without an effect there should be
    about 5 in 100. Raises what `compare` raises.
    """
    one = scene(engine, table, replace(plan, guardrails=(), before=None))
    held = {key[0]: arm for key, arm in one.held().items()}
    names, _ = named_arms(held, one.plan)
    units, of = _units(one, names[:2])
    control = round(len(units) * (held[names[0]].units / max(held[names[0]].units + held[names[1]].units, 1))) \
        if names[0] in held and names[1] in held else 0  # fmt: skip
    rng = np.random.default_rng(seed)
    outcome = one.outcomes[0]
    alarms = 0
    for _ in range(runs):
        order = rng.permutation(len(units))
        arms = [_sample(outcome, units[part], one.unit is not None) for part in (order[:control], order[control:])]
        found = distance(outcome, Side(arms[0]), Side(arms[1]), Reading(plan.level))
        alarms += leaves_out_none(found.found.low, found.found.high, found.told)
    ends = share_interval(alarms, runs)
    low, high = ends if ends else (0.0, 1.0)
    return Shuffled(runs, alarms, alarms / runs, low, high, len(units), of, seed)


def _units(one: Scene, names: tuple[str, ...]) -> tuple[FloatArray, int]:
    """A row a unit: its answers, their sum, Σ(answer − mean)², the sum of their logarithms, how many have none; and how
    many units there are in all."""
    kinds = one.outcomes[0].kind

    def build(source: ir.Table) -> ir.Table:
        rows = one.rows(source).mutate(arm=one.arm)
        rows = rows.filter(rows["arm"].isin(list(names)) & rows["m0_value"].notnull())
        value: Any = rows["m0_value"].cast("float64")
        per: Any = rows["m0_per"].cast("float64") if kinds == "ratio" else ibis.literal(1.0)
        logs = ibis.ifelse(value > 0, value, None).ln() if kinds in {"duration", "survival"} else ibis.literal(0.0)
        unit = rows["row"].cast("string") if one.unit is None else unit_in(rows, one.unit)
        rows = rows.mutate(unit=unit, v=value, p=per, g=logs)
        return rows.group_by("arm", "unit").aggregate(
            m=rows["p"].sum(), s=rows["v"].sum(), w=rows["v"].var(how="pop") * rows["v"].count(), g=rows["g"].sum(),
            z=(rows["v"].count() - rows["g"].count()),
        )  # fmt: skip

    of = int(one.engine.ask(one.table.path, lambda source: build(source).count().as_table()).to_numpy()[0, 0])
    step = max(of // MOST_UNITS, 1)

    def some(source: ir.Table) -> ir.Table:
        each = build(source)
        unit: Any = each["unit"]
        each = each.filter(unit.hash() % step == 0) if step > 1 else each
        return each.order_by("arm", "unit").select("m", "s", "w", "g", "z")

    return np.nan_to_num(one.engine.ask(one.table.path, some).to_numpy(np.float64)), of


def _sample(outcome: Outcome, units: npt.NDArray[np.float64], by_customer: bool) -> Sample:
    """What an arm of these units would hold."""
    m, s, w, g, z = units.T
    total = float(m.sum())
    if not total:
        return Sample()
    mean = float(s.sum()) / total
    n, zeros = (len(m), 0) if outcome.kind == "ratio" else (round(total), int(z.sum()))
    spread = float(w.sum()) + float(((s - mean * m) ** 2 / np.maximum(m, 1e-12)).sum())
    if outcome.kind == "ratio":
        spread = float(((s - mean * m) ** 2).sum()) / (total / n) ** 2
    customers = customers_of(m, s) if by_customer else None
    logs = customers_of(m, g) if by_customer else None
    return Sample(n, mean, spread / n, _logs(g, n - zeros), zeros, 0, customers, logs, float(w.sum()))


def _logs(g: FloatArray, n: int) -> tuple[int, float, float]:
    return n, float(g.mean()) if len(g) else 0.0, float(g.var()) if len(g) else 0.0
