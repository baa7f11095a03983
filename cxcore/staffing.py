"""Level 4. How many people each hour of the week asks for, from the desk's own arrivals and handle time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cxcore import stats
from cxcore.arrivals import Arrivals, Hour, arrivals
from cxcore.engine import Engine
from cxcore.metrics.handling import HANDLE_TIME
from cxcore.metrics.measure import measure
from cxcore.values import Condition, Estimate, Table


@dataclass(frozen=True)
class Needed:
    """One hour of the week: its contacts, what the queue does with the fewest people who reach the service level, and
    how many must be on the roster for that."""

    hour: Hour
    queue: stats.Queue
    rostered: int


@dataclass(frozen=True)
class Staffing:
    """The hours of the week with the people they need, the handle time they rest on, and the arrivals."""

    hours: tuple[Needed, ...]
    handle_time: Estimate
    arrivals: Arrivals

    @property
    def busiest(self) -> Needed:
        """The hour that needs the most people; of several the one with the most contacts."""
        return max(self.hours, key=lambda one: (one.queue.people, one.hour.per_hour))


def staffing(
    engine: Engine, table: Table, where: Sequence[Condition] = (), *, level: float = 0.8, within: float = 20.0,
    away: float = 0.3,
) -> Staffing | None:  # fmt: skip
    """The people each hour needs so that the share `level` is answered within so many seconds, by Erlang C.

    `away` is the share of paid time in which people are not there to answer (breaks, training, illness). None where
    the file says neither when contacts arrive nor how long they take.
    """
    if not HANDLE_TIME.offered(table):
        return None
    held = arrivals(engine, table, where, queued=True)
    taken = measure(engine, table, HANDLE_TIME, "mean", where=where).estimates[0]
    if held is None or not taken.value:
        return None
    needed = []
    for hour in held.hours:
        queue = stats.people_needed(hour.per_hour, taken.value, level, within)
        needed.append(Needed(hour, queue, math.ceil(queue.people / (1 - away) - 1e-9)))
    return Staffing(tuple(needed), taken, held)
