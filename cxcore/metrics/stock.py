"""Stocks: how many cases are open at the end of each period, and how old they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxcore.engine import Engine
from cxcore.metrics.cells import Asked, next_period
from cxcore.metrics.desk import Span
from cxcore.metrics.select import column_of, meeting, selected
from cxcore.metrics.sight import Sight
from cxcore.values import Condition, Every, Table

AGE_BANDS: tuple[int, ...] = (1, 3, 7, 30)  # days: under 1, 1–2, 3–6, 7–29, 30 and more


@dataclass(frozen=True)
class OpenCases:
    """The cases open on `end`, the last day of a period, by age: `bands[k]` are as old as `AGE_BANDS[k − 1]` to below
    `AGE_BANDS[k]` days; `oldest` is in days, None where none is open."""

    period: date
    end: date
    n: int
    bands: tuple[int, ...]
    oldest: int | None


def _days(engine: Engine, table: Table, by: Sequence[str], where: Sequence[Condition]) -> pd.DataFrame:
    """Cases by the day they were created and the day they were solved (missing: open), in each group."""
    columns = [column_of(table, name) for name in by]

    frame = engine.ask(
        table.path, lambda source: opened_and_closed(meeting(selected(source, table, ()), table, where), columns)
    )
    for name in ("opened", "closed"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def opened_and_closed(rows: ir.Table, columns: Sequence[str]) -> ir.Table:
    """The one query: cases by the days they were created and solved. Runs on any engine Ibis speaks to."""
    seen = Sight(rows)
    opened, closed = rows["created_at"], rows["resolved_at"]
    untold = closed.isnull() & seen.said_over
    rows = rows.filter(opened.notnull() & ~untold & (closed.isnull() | (closed >= opened)))
    groups = [rows[column].cast("string").name(f"b{k}") for k, column in enumerate(columns)]
    return rows.group_by(
        [*groups, rows["created_at"].date().name("opened"), rows["resolved_at"].date().name("closed")]
    ).aggregate(n=lambda t: t.count())


def _ends(spoken: Span, every: Every | None) -> list[tuple[date, date]]:
    """The periods of the file, each with its last day; the whole file is one period that ends with it."""
    if spoken.first is None or spoken.last is None:
        return []
    if every is None:
        return [(spoken.last.date(), spoken.last.date())]
    first = pd.Timestamp(spoken.first.date())
    start = first.to_period({"day": "D", "week": "W", "month": "M", "quarter": "Q"}[every]).start_time.date()
    found = []
    while start <= spoken.last.date():
        following = next_period(start, every)
        found.append((start, min(following - timedelta(days=1), spoken.last.date())))
        start = following
    return found


def stock_cells(
    engine: Engine,
    table: Table,
    asked: Asked,  # noqa: ARG001  every stock counts open cases
    spoken: Span,
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
    where: Sequence[Condition] = (),
) -> pd.DataFrame:
    """For each period and group `n` and `mean`, both the cases open at its end (the file's end for the last)."""
    frame = _days(engine, table, by, where)
    names = [f"b{k}" for k in range(len(by))]
    ends = _ends(spoken, every)
    parts = frame.groupby(names, sort=False, dropna=False) if names else [((), frame)]
    found = []
    for key, part in parts:
        for period, end in ends:
            row: dict[str, object] = {"period": period} if every is not None else {}
            row |= dict(zip(names, key, strict=True))
            found.append(row | {"n": _open_at(part, end)})
    cells = pd.DataFrame(found, columns=[*(["period"] if every is not None else []), *names, "n"])
    cells["n"] = cells["n"].astype("int64")
    cells["mean"] = cells["n"].astype("float64")
    return cells.assign(variance=np.nan, low=np.nan, high=np.nan, open=cells["n"])


def _open_at(frame: pd.DataFrame, end: date) -> int:
    at = np.datetime64(end)
    return int(frame["n"].to_numpy()[_is_open(frame, at)].sum())


def _is_open(frame: pd.DataFrame, at: np.datetime64) -> np.ndarray:
    closed = frame["closed"].to_numpy()
    return np.asarray((frame["opened"].to_numpy() <= at) & (np.isnat(closed) | (closed > at)))


def by_age(
    engine: Engine, table: Table, spoken: Span, every: Every | None = None, where: Sequence[Condition] = ()
) -> tuple[OpenCases, ...]:
    """The cases open at the end of each period, by how many days they have been open."""
    frame = _days(engine, table, (), where)
    found = []
    for period, end in _ends(spoken, every):
        at = np.datetime64(end)
        held = _is_open(frame, at)
        ages = ((at - frame["opened"].to_numpy()[held]) / np.timedelta64(1, "D")).astype("int64")
        counts = frame["n"].to_numpy()[held]
        band = np.searchsorted(AGE_BANDS, ages, side="right")
        sums = np.bincount(band, weights=counts, minlength=len(AGE_BANDS) + 1)
        oldest = int(ages.max()) if len(ages) else None
        found.append(OpenCases(period, end, int(counts.sum()), tuple(int(n) for n in sums), oldest))
    return tuple(found)
