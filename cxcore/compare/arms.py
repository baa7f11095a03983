"""Each arm's own value with its interval, in the metric's unit; and its single times where cases are still open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxcore.compare.apart import METHODS, Side, Times
from cxcore.compare.outcome import Outcome
from cxcore.compare.scene import Scene
from cxcore.compare.sums import Held, Sample
from cxcore.experiment import Arm
from cxcore.language import say
from cxcore.metrics.base import MOMENTS
from cxcore.metrics.cells import scale_of
from cxcore.metrics.estimate import estimates
from cxcore.metrics.frames import frames
from cxcore.stats.clusters import cluster_interval
from cxcore.values import Estimate


def arms(one: Scene, held: Mapping[str, Held]) -> tuple[Arm, ...]:
    """The arms in order, each with its value and interval; an arm nobody is in stands with n 0."""
    outcome = one.outcomes[0]
    if outcome.rule.family in MOMENTS:
        found = {name: estimate(one, outcome, arm.samples[0]) for name, arm in held.items()}
    else:
        found = quantiles(one, outcome)
    drawn = []
    for name, arm in held.items():
        seen = found.get(name)
        if seen is None or not arm.samples[0].n:
            drawn.append(Arm(name, 0, None, None, None, say("no answers"), arm.units))
        else:
            drawn.append(Arm(name, seen.n, seen.value, seen.low, seen.high, seen.method, arm.units))
    return tuple(drawn)


def silent(held: Mapping[str, Held]) -> tuple[Arm, ...]:
    """The arms with their counts and no value: what is shown while a failed check holds the effect back."""
    why = say("held back: a design check failed")
    return tuple(Arm(name, arm.samples[0].n, None, None, None, why, arm.units) for name, arm in held.items())


def estimate(one: Scene, outcome: Outcome, sample: Sample) -> Estimate:
    """An arm's value by the rule of the metric; over customers where they repeat."""
    frame = pd.DataFrame({"n": [sample.n], "mean": [sample.mean], "variance": [sample.variance]})
    scale = scale_of(one.table, outcome.metric)
    (found,) = estimates(frame, outcome.metric.name, outcome.rule, scale, [], split=False, level=one.plan.level)
    if not sample.clustered or sample.customers is None or found.value is None:
        return found
    ends = cluster_interval(sample.customers, one.plan.level)
    bounds = outcome.rule.bounds(scale) if outcome.rule.unit not in {"number", "seconds"} else (-math.inf, math.inf)
    low, high = (max(ends.low, bounds[0]), min(ends.high, bounds[1])) if ends else (None, None)
    return Estimate(found.metric, found.n, found.value, low, high, METHODS["clusters"])


def quantiles(one: Scene, outcome: Outcome) -> dict[str, Estimate]:
    """Quantiles of times, from the distinct times of each arm."""
    by = [one.named] if one.named else []
    (frame,) = frames(one.engine, one.table, [outcome.asked], by=by, where=one.plan.where)
    found = estimates(frame, outcome.metric.name, outcome.rule, (0.0, 1.0), by, split=False, level=one.plan.level)
    return {each.by[0][1]: each for each in found if each.by and each.by[0][1] is not None}


def sides(one: Scene, held: Mapping[str, Held], k: int = 0) -> dict[str, Side]:
    """Each arm as it is compared by the k-th outcome."""
    running = one.outcomes[k].kind == "survival" and any(arm.samples[k].running for arm in held.values())
    times = _times(one, k) if running else {}
    return {name: Side(arm.samples[k], times.get(name)) for name, arm in held.items()}


def _times(one: Scene, k: int) -> dict[str, Times]:
    """Each arm's times, and whether each case was over then."""

    def distinct(source: ir.Table) -> ir.Table:
        rows = one.rows(source)
        rows = rows.filter(rows[f"m{k}_value"].notnull()).mutate(arm=one.arm)
        keys: Any = {"arm": rows["arm"], "time": rows[f"m{k}_value"], "over": rows[f"m{k}_stopped"]}
        return rows.aggregate(by=[key.name(name) for name, key in keys.items()], n=rows.count())

    frame = one.engine.ask(one.table.path, distinct)
    found = {}
    for name, part in frame.groupby("arm"):
        n = part["n"].to_numpy()
        found[str(name)] = Times(
            np.repeat(part["time"].to_numpy(np.float64), n), np.repeat(part["over"].to_numpy(np.float64), n)
        )
    return found
