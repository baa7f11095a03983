"""How the effect stood as the answers came in, and how the answers are spread in each arm: for pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np

from cxcore.compare.apart import Reading, Side, distance
from cxcore.compare.outcome import Outcome
from cxcore.compare.scene import Scene, named_arms, reading, scene
from cxcore.compare.sums import Held, Sample, gathered
from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.experiment import Moment, Plan
from cxcore.language import say
from cxcore.metrics.cells import TRUNCATED, next_period
from cxcore.stats.several import shared_level
from cxcore.values import Every, Table

_MOST_MOMENTS = 60
_MOST_BARS = 30
_STEPS = 25  # different values up to which each has a bar of its own


def over_time(engine: Engine, table: Table, plan: Plan) -> tuple[Moment, ...]:
    """The first treatment against the control after each day, week or month, with all answers up to then.

    With planned or free looks each moment has the boundary too. Raises CannotCompute in a file without dates.
    """
    one = scene(engine, table, replace(plan, guardrails=(), before=None))
    if one.when is None:
        raise CannotCompute(
            "no_dates",
            say("No column of this file says when an answer was given."),
            say("Map one, for example --map 'answered_at=Date'."),
        )
    every = _every(table)
    held = one.held({"period": lambda rows: rows[one.when].date().truncate(TRUNCATED[every]).cast("string")})
    names, _ = named_arms({key[0] for key in held}, plan)
    periods = sorted({key[1] for key in held if key[1] is not None})
    found = []
    so_far: dict[str, Sample] = {}
    for period in periods:
        for name in names[:2]:
            more = held.get((name, period))
            if more is not None:
                so_far[name] = more.samples[0] if name not in so_far else _added(so_far[name], more.samples[0])
        end = date.fromordinal(next_period(date.fromisoformat(period[:10]), every).toordinal() - 1)
        found.append(_moment(one.outcomes[0], plan, end, so_far, names))
    return tuple(found)


def _every(table: Table) -> Every:
    days = (table.period[1] - table.period[0]).days + 1 if table.period else 1
    return "day" if days <= _MOST_MOMENTS else "week" if days <= 7 * _MOST_MOMENTS else "month"


def _added(one: Sample, more: Sample) -> Sample:
    """Two samples of one arm put together. Customers are taken period by period, one who comes back as another."""
    n = one.n + more.n
    if not one.n or not more.n:
        return more if not one.n else one
    mean = (one.n * one.mean + more.n * more.mean) / n
    spread = one.n * (one.variance + (one.mean - mean) ** 2) + more.n * (more.variance + (more.mean - mean) ** 2)
    logs = _pooled(one.logs, more.logs)
    both = one.customers is not None and more.customers is not None
    return Sample(
        n, mean, spread / n, logs, one.zeros + more.zeros, one.running + more.running,
        _together(one.customers, more.customers) if both else None,
        _together(one.log_customers, more.log_customers) if both and one.log_customers is not None else None,
        one.within + more.within,
    )  # fmt: skip


def _pooled(one: tuple[int, float, float], more: tuple[int, float, float]) -> tuple[int, float, float]:
    n = one[0] + more[0]
    if not one[0] or not more[0]:
        return more if not one[0] else one
    mean = (one[0] * one[1] + more[0] * more[1]) / n
    return n, mean, (one[0] * (one[2] + (one[1] - mean) ** 2) + more[0] * (more[2] + (more[1] - mean) ** 2)) / n


def _together(one: Any, more: Any) -> Any:
    parts = [np.concatenate([getattr(one, name), getattr(more, name)]) for name in
             ("answers", "customers", "mean", "variance")]  # fmt: skip
    return gathered(*parts)


def _moment(one: Outcome, plan: Plan, end: date, so_far: Mapping[str, Sample], names: tuple[str, ...]) -> Moment:
    sides = [Side(so_far.get(name, Sample())) for name in names[:2]]
    n = (sides[0].sample.n, sides[1].sample.n)
    level = shared_level(plan.level, len(names) - 1)
    plain = distance(one, sides[0], sides[1], Reading(level)).found
    if plain.status != "ok":
        return Moment(end, n, plain.value, None, None)
    edge = None
    if plan.looks != "one":
        edge = distance(one, sides[0], sides[1], reading(plan, len(names) - 1, sum(n))).found
    return Moment(end, n, plain.value, plain.low, plain.high, edge.low if edge else None, edge.high if edge else None)


def spread(engine: Engine, table: Table, plan: Plan) -> tuple[tuple[str, tuple[tuple[float, int], ...]], ...]:
    """For each arm how many rows have which answer: each value on a scale, else the starts of about thirty bins."""
    one = scene(engine, table, replace(plan, guardrails=(), before=None))
    held = {key[0]: arm for key, arm in one.held().items()}
    names, _ = named_arms(held, plan)
    start, width = _bins(one, names)

    def build(source: ir.Table) -> ir.Table:
        rows = _shown(one, source, names)
        value: Any = rows["shown"]
        binned = value if not width else (((value - start) / width).floor().clip(0, _MOST_BARS - 1) * width + start)
        return rows.mutate(value=binned).group_by("arm", "value").aggregate(n=lambda t: t.count())

    frame = engine.ask(table.path, build).sort_values("value")
    return tuple(
        (name, tuple((float(value), int(n)) for value, n in zip(part["value"], part["n"], strict=True)))
        for name in names
        for part in [frame[frame["arm"] == name]]
    )


def _shown(one: Scene, source: ir.Table, names: tuple[str, ...]) -> ir.Table:
    """The rows of the arms with what is drawn of them: the answer itself where it is one of a scale."""
    rows = one.rows(source)
    metric = one.outcomes[0].metric
    answer: Any = rows["m0_value"] if metric.desk else metric.answer(rows)
    rows = rows.mutate(arm=one.arm, shown=answer.cast("float64"))
    return rows.filter(rows["arm"].isin(list(names)) & rows["shown"].notnull() & rows["m0_value"].notnull())


def _bins(one: Scene, names: tuple[str, ...]) -> tuple[float, float]:
    """Where the bins start and how wide they are; a width of 0 where each value stands for itself.

    The longest hundredth of times falls into the last bin, so that a few long ones do not flatten the picture."""

    def build(source: ir.Table) -> ir.Table:
        rows = _shown(one, source, names)
        value: Any = rows["shown"]
        return rows.aggregate(different=value.nunique(), low=value.min(), high=value.quantile(0.99))

    row = one.engine.ask(one.table.path, build).iloc[0]
    if int(row["different"]) <= _STEPS:
        return 0.0, 0.0
    low, high = float(row["low"]), float(row["high"])
    raw = (high - low) / _MOST_BARS
    if raw <= 0:
        return 0.0, 0.0
    step = 10.0 ** math.floor(math.log10(raw))
    width = next(step * k for k in (1, 2, 5, 10) if step * k >= raw)
    return math.floor(low / width) * width, width


def arms_of(engine: Engine, table: Table, plan: Plan) -> tuple[tuple[str, int], ...]:
    """The arms with their rows, control first. Raises what `compare` raises where there are not two."""
    one = scene(engine, table, replace(plan, guardrails=(), before=None))
    held: dict[str | None, Held] = {key[0]: arm for key, arm in one.held().items()}
    names, _ = named_arms(held, plan)
    return tuple((name, held[name].rows if name in held else 0) for name in names)
