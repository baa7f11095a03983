"""Level 4. How times are spread: counts on a logarithmic scale, and single values that stand far too often."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxcore import stats
from cxcore.engine import Engine
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.cells import Asked
from cxcore.metrics.desk import span
from cxcore.metrics.timed import counted
from cxcore.values import SMALL_SAMPLE, Condition, Table

A_DECADE = 8  # bins for each power of ten
COARSE = 5  # steps below which a pile of equal times is what rounding makes
SPIKE = 0.2  # a value in more than this share of the rows is a timeout or a default, not work (METRICS.md)


@dataclass(frozen=True)
class Bin:
    """How many times lie from `low` up to below `high` seconds."""

    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Spread:
    """Times of cases that are over. `zeros` have no place on a logarithmic scale; `open` cases are not over; `median`
    and `p90` count them with the time they have waited, None where too many are open; `spike` is the value that stands
    in more than a fifth of the rows, with its rows; `step` is what all times are a multiple of (60: whole minutes)."""

    bins: tuple[Bin, ...]
    n: int
    zeros: int
    open: int
    median: float | None
    p90: float | None
    spike: tuple[float, int] | None
    step: float

    @property
    def coarse(self) -> bool:
        """Whether the spike may be no more than times written in whole minutes or hours."""
        return self.spike is not None and self.step >= 60 and self.spike[0] <= COARSE * self.step


def spread_of(
    engine: Engine,
    table: Table,
    metric: Metric,
    rule: Rule,
    where: Sequence[Condition] = (),
    settings: Sequence[tuple[str, str]] = (),
) -> Spread:
    """How the times of a metric are spread under a rule in seconds. Raises what `measure` raises."""
    asked = Asked(metric, rule, tuple(settings))
    frame = counted(engine, table, asked, span(engine, table), (), None, where).sort_values("time", kind="stable")
    times, events = frame["time"].to_numpy(np.float64), frame["events"].to_numpy(np.float64)
    still = frame["n"].to_numpy(np.float64) - events
    total = int(events.sum())
    middle, late = (_quantile(times, events, still, q) for q in (0.5, 0.9))
    above = times > 0
    return Spread(
        _bins(times[above], events[above]), total, int(events[~above].sum()), int(still.sum()), middle, late,
        _spike(times, events, total), _step(times[events > 0]),
    )  # fmt: skip


def _quantile(times: np.ndarray, events: np.ndarray, still: np.ndarray, q: float) -> float | None:
    if not len(times):
        return None
    if still.any():
        value = float(stats.survival_quantiles(times, events, still, (0,), q).value[0])
    else:
        value = float(stats.quantiles(times, events, (0,), q).value[0])
    return None if math.isnan(value) else value


def _bins(times: np.ndarray, events: np.ndarray) -> tuple[Bin, ...]:
    if not len(times) or not events.sum():
        return ()
    place = np.floor(np.log10(times) * A_DECADE + 1e-9).astype(int)
    first, last = int(place[events > 0].min()), int(place[events > 0].max())
    kept = (place >= first) & (place <= last)
    counts = np.bincount(place[kept] - first, weights=events[kept], minlength=last - first + 1)
    return tuple(
        Bin(10 ** ((first + k) / A_DECADE), 10 ** ((first + k + 1) / A_DECADE), int(n)) for k, n in enumerate(counts)
    )


def _step(times: np.ndarray) -> float:
    """The largest of a second, a minute and an hour that every time is a whole number of; 0 for parts of a second."""
    return next((step for step in (3600.0, 60.0, 1.0) if len(times) and not np.any(times % step)), 0.0)


def _spike(times: np.ndarray, events: np.ndarray, total: int) -> tuple[float, int] | None:
    if total < SMALL_SAMPLE:
        return None
    k = int(np.argmax(events))
    return (float(times[k]), int(events[k])) if events[k] > SPIKE * total else None
