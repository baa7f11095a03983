"""Level 4. From the first response to satisfaction: what customers answer after how long a wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxcore import stats
from cxcore.engine import Engine
from cxcore.metrics.base import Metric
from cxcore.metrics.cells import Asked, scale_of
from cxcore.metrics.desk import ready, span
from cxcore.values import SMALL_SAMPLE, Condition, Table

A_DECADE = 10  # columns of points for each power of ten of seconds
FAST, SLOW = 0.1, 0.9  # the two ends of the line that the sentence compares
STEPS = 60  # places at which the line is drawn


@dataclass(frozen=True)
class Point:
    """Answers that say the same after about the same time."""

    seconds: float
    answer: float
    n: int


@dataclass(frozen=True)
class Place:
    """The line at one time, with its pointwise 95 % interval."""

    seconds: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Handover:
    """Answers against the time before them: points with their counts, the smooth line, and the line at the two times
    that a tenth of the cases is below and above. `zeros` answered at once have no place on a logarithmic axis."""

    n: int
    zeros: int
    points: tuple[Point, ...]
    line: tuple[Place, ...]
    fast: Place | None
    slow: Place | None
    scale: tuple[float, float]

    @property
    def falls(self) -> bool | None:
        """Whether slow cases are clearly worse than fast ones (the two intervals are apart); None: they overlap."""
        if self.fast is None or self.slow is None:
            return None
        if self.slow.high < self.fast.low:
            return True
        return False if self.slow.low > self.fast.high else None


def handover(
    engine: Engine,
    table: Table,
    delay: Metric,
    rating: Metric,
    where: Sequence[Condition] = (),
    settings: Sequence[tuple[str, str]] = (),
) -> Handover:
    """How the answers of a rating go with a time of the desk's, over cases whose time is over.

    It says how the two go together, not that one makes the other. Raises what `measure` raises.
    """
    rule = delay.default(table, settings)
    asked = Asked(delay, rule, tuple(settings))
    spoken = span(engine, table)

    def build(source: ir.Table) -> ir.Table:
        rows = ready(source, table, [asked], spoken, where)
        if rule.stopped is not None:
            rows = rows.filter(rows["m0_stopped"])
        rows = rows.mutate(answer=rating.answer(rows).cast("float64"), time=rows["m0_value"].cast("float64"))
        rows = rows.filter(rows["answer"].notnull() & rows["time"].notnull() & (rows["time"] >= 0))
        place = (rows["time"] > 0).ifelse((rows["time"].log10() * A_DECADE).floor(), None)
        rows = rows.mutate(place=place.cast("int64"))
        log = (rows["time"] > 0).ifelse(rows["time"].log10(), None)
        return rows.mutate(log=log).group_by(["place", "answer"]).aggregate(
            n=lambda t: t.count(), logs=lambda t: t["log"].sum()
        )  # fmt: skip

    frame = engine.ask(table.path, build)
    zeros = int(frame.loc[frame["place"].isna(), "n"].sum())
    frame = frame[frame["place"].notna()].sort_values(["place", "answer"])
    scale = scale_of(table, rating)
    n = int(frame["n"].sum())
    at = frame.groupby("place")["logs"].transform("sum") / frame.groupby("place")["n"].transform("sum")
    points = tuple(
        Point(float(10**log), float(answer), int(count))
        for log, answer, count in zip(at, frame["answer"], frame["n"], strict=True)
    )
    if n < SMALL_SAMPLE or frame["place"].nunique() < 2:
        return Handover(n, zeros, points, (), None, None, scale)
    line, ends = _line(frame, scale)
    return Handover(n, zeros, points, line, *ends, scale)


def _line(frame: pd.DataFrame, scale: tuple[float, float]) -> tuple[tuple[Place, ...], tuple[Place, Place]]:
    frame = frame.assign(total=frame["n"] * frame["answer"], squares=frame["n"] * frame["answer"] ** 2)
    columns = frame.groupby("place", sort=True)[["n", "total", "squares", "logs"]].sum()
    n = columns["n"].to_numpy(np.float64)
    x = columns["logs"].to_numpy(np.float64) / n
    mean = columns["total"].to_numpy(np.float64) / n
    variance = np.maximum(columns["squares"].to_numpy(np.float64) / n - mean**2, 0.0)
    part = np.cumsum(n) / n.sum()
    ends = [float(x[min(int(np.searchsorted(part, q)), len(x) - 1)]) for q in (FAST, SLOW)]
    low, high = (float(x[min(int(np.searchsorted(part, q)), len(x) - 1)]) for q in (0.01, 0.99))
    at = np.append(np.linspace(low, high, STEPS), ends)
    found = stats.smooth(x, n, mean, variance, at)
    sides = [np.clip(side, *scale) for side in (found.value, found.low, found.high)]
    places = [Place(float(10 ** at[k]), *(float(side[k]) for side in sides)) for k in range(len(at))]
    return tuple(places[:STEPS]), (places[STEPS], places[STEPS + 1])
