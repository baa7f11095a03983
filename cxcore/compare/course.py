"""How the effect stood as the answers came in, and how the answers are spread in each arm: for pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from cxcore.compare.apart import Reading, Side, distance
from cxcore.compare.outcome import Outcome
from cxcore.compare.scene import Scene, named_arms, reading, scene
from cxcore.compare.sums import Held, Sample, unit_in
from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.experiment import Moment, Plan
from cxcore.language import say
from cxcore.metrics.cells import TRUNCATED, next_period
from cxcore.stats.clusters import customers_of
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
    periods, samples = _customers(one, every) if one.unit is not None else _answers(one, every)
    names, _ = named_arms({name for name, _ in samples}, plan)
    found = []
    for k, period in enumerate(periods):
        end = next_period(date.fromisoformat(period[:10]), every) - timedelta(days=1)
        so_far = [samples.get((name, k), Sample()) for name in names[:2]]
        found.append(_moment(one.outcomes[0], plan, end, so_far, len(names) - 1))
    return tuple(found)


Course = tuple[list[str], dict[tuple[str, int], Sample]]
"""The periods, and what each arm holds at the end of the k-th of them."""


def _period(one: Scene, every: Every) -> Callable[[ir.Table], Any]:
    return lambda rows: rows[one.when].date().truncate(TRUNCATED[every]).cast("string")


def _answers(one: Scene, every: Every) -> Course:
    """Each period's answers put to those before, by Chan's formula."""
    held = one.held({"period": _period(one, every)})
    periods = sorted({key[1] for key in held if key[1] is not None})
    found: dict[tuple[str, int], Sample] = {}
    for name in {key[0] for key in held if key[0] is not None}:
        so_far = Sample()
        for k, period in enumerate(periods):
            more = held.get((name, period))
            so_far = so_far if more is None else _added(so_far, more.samples[0])
            found[name, k] = so_far
    return periods, found


def _added(one: Sample, more: Sample) -> Sample:
    """Two samples of one arm put together."""
    if not one.n or not more.n:
        return more if not one.n else one
    n, mean, variance = _pooled((one.n, one.mean, one.variance), (more.n, more.mean, more.variance))
    return Sample(n, mean, variance, _pooled(one.logs, more.logs), one.zeros + more.zeros, one.running + more.running)


def _pooled(one: tuple[int, float, float], more: tuple[int, float, float]) -> tuple[int, float, float]:
    if not one[0] or not more[0]:
        return more if not one[0] else one
    n = one[0] + more[0]
    mean = (one[0] * one[1] + more[0] * more[1]) / n
    return n, mean, (one[0] * (one[2] + (one[1] - mean) ** 2) + more[0] * (more[2] + (more[1] - mean) ** 2)) / n


def _customers(one: Scene, every: Every) -> Course:
    """Each customer's sums up to the end of each period: one who comes back adds to what was there."""
    logs = one.outcomes[0].kind in {"duration", "survival"}

    def build(source: ir.Table) -> ir.Table:
        rows = one.rows(source)
        value: Any = rows["m0_value"].cast("float64")
        log: Any = ibis.ifelse(value > 0, value, None).ln() if logs else ibis.literal(0.0)
        rows = rows.mutate(
            arm=one.arm, period=_period(one, every)(rows), v=value, g=log, u=unit_in(rows, str(one.unit))
        )
        rows = rows.filter(rows["v"].notnull() & rows["period"].notnull() & rows["arm"].notnull())
        return rows.group_by("arm", "u", "period").aggregate(
            m=rows["v"].count(), s=rows["v"].sum(), g=rows["g"].sum(), z=rows["v"].count() - rows["g"].count()
        )

    frame = one.engine.ask(one.table.path, build)
    periods = sorted(frame["period"].unique().tolist())
    found: dict[tuple[str, int], Sample] = {}
    for name, part in frame.groupby("arm"):
        place = part["u"].astype("category").cat.codes.to_numpy()
        when = np.searchsorted(periods, part["period"].to_numpy(str))
        sums = np.zeros((4, int(place.max()) + 1))
        for k in range(len(periods)):
            now = when == k
            for row, column in zip(sums, ("m", "s", "g", "z"), strict=True):
                np.add.at(row, place[now], part[column].to_numpy(np.float64)[now])
            m, s, g, z = sums
            if m.sum():
                customers = customers_of(m, s)
                kept = customers_of(m, g) if logs else None
                found[str(name), k] = Sample(int(m.sum()), customers.ratio, 0.0, (int(m.sum()), 0.0, 0.0),
                                             int(z.sum()), 0, customers, kept)  # fmt: skip
    return periods, found


def _every(table: Table) -> Every:
    days = (table.period[1] - table.period[0]).days + 1 if table.period else 1
    return "day" if days <= _MOST_MOMENTS else "week" if days <= 7 * _MOST_MOMENTS else "month"


def _moment(one: Outcome, plan: Plan, end: date, so_far: Sequence[Sample], comparisons: int) -> Moment:
    sides = [Side(sample) for sample in so_far]
    n = (so_far[0].n, so_far[1].n)
    plain = distance(one, sides[0], sides[1], Reading(shared_level(plan.level, comparisons))).found
    if plain.status != "ok":
        return Moment(end, n, plain.value, None, None)
    edge = None
    if plan.looks != "one":
        edge = distance(one, sides[0], sides[1], reading(plan, comparisons, sum(n))).found
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
