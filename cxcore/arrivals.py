"""Level 4. When contacts arrive: how many in each hour of each weekday, and how many that makes an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.metrics.cells import when_of
from cxcore.metrics.queue import WAIT
from cxcore.metrics.select import meeting, selected
from cxcore.metrics.sight import Sight
from cxcore.values import Condition, Table


@dataclass(frozen=True)
class Hour:
    """One hour of the week: weekday (0 is Monday), hour, contacts in all, and on an average such day."""

    weekday: int
    hour: int
    n: int
    per_hour: float


@dataclass(frozen=True)
class Arrivals:
    """The hours that have contacts, in order, and the days they were counted over."""

    hours: tuple[Hour, ...]
    first: date
    last: date

    @property
    def n(self) -> int:
        """All contacts."""
        return sum(hour.n for hour in self.hours)

    @property
    def busiest(self) -> Hour:
        """The hour of the week with the most contacts on an average such day."""
        return max(self.hours, key=lambda hour: hour.per_hour)


def arrivals(engine: Engine, table: Table, where: Sequence[Condition] = (), *, queued: bool = False) -> Arrivals | None:
    """The contacts by hour of the week; None without a date, or where no time of day is written.

    With `queued`, in a file that says who waited, only contacts that stood in a queue: answered after a wait, or given
    up. E-mails do not.
    """
    when = when_of(table, WAIT)
    if when is None:
        return None

    def build(source: ir.Table) -> ir.Table:
        rows = meeting(selected(source, table, ()), table, where)
        seen = Sight(rows)
        if queued and seen.has("wait_duration"):
            rows = rows.filter(rows["wait_duration"].notnull() | seen.gone)
        rows = rows.filter(rows[when].notnull())
        at: Any = rows[when]
        rows = rows.mutate(day=at.date(), weekday=at.day_of_week.index(), hour=at.hour())
        rows = rows.mutate(midnight=(at.epoch_seconds() % 86_400) == 0)
        return rows.group_by(["weekday", "hour"]).aggregate(
            n=rows.count(), midnight=rows["midnight"].sum(), first=rows["day"].min(), last=rows["day"].max()
        )

    frame = engine.ask(table.path, lambda source: build(source).order_by([ibis.asc("weekday"), ibis.asc("hour")]))
    if frame.empty or frame["midnight"].sum() == frame["n"].sum():
        return None
    first, last = (pd.Timestamp(end).date() for end in (frame["first"].min(), frame["last"].max()))
    days = _weekdays(first, last)
    hours = tuple(
        Hour(int(weekday), int(hour), int(n), float(n) / days[int(weekday)])
        for weekday, hour, n in zip(frame["weekday"], frame["hour"], frame["n"], strict=True)
    )
    return Arrivals(hours, first, last)


def _weekdays(first: date, last: date) -> list[int]:
    """How many Mondays, Tuesdays … lie between two days, both counted."""
    length = (last - first).days + 1
    found = [length // 7] * 7
    for k in range(length % 7):
        found[(first + timedelta(days=k)).weekday()] += 1
    return found
