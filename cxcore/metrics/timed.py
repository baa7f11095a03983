"""Quantiles of times: in each period and group, from the distinct times with their counts, open cases among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from cxcore import stats
from cxcore.engine import Engine
from cxcore.metrics.cells import DAYS, Asked, dating, keyed
from cxcore.metrics.desk import Span, ready
from cxcore.metrics.select import column_of
from cxcore.parquet import distinct_at_first
from cxcore.values import Condition, Every, Table

Keying = Callable[[ir.Table], tuple[ir.Table, list[Any]]]  # which rows have a group, and what groups them
LARGE = 250_000  # rows above which times are grouped by the engine, or their quantiles taken there
_SAMPLE = 50_000  # rows looked at to guess how many groups there are
_FINE = 10_000.0  # seconds from which grouped times keep four figures


def quantile_cells(
    engine: Engine,
    table: Table,
    asked: Sequence[Asked],
    spoken: Span,
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
    where: Sequence[Condition] = (),
) -> tuple[pd.DataFrame, ...]:
    """For each metric asked (all of the same times, under rules that differ in the quantile only), a row for each
    period and group: `period`, `b0` …, `n`, `mean` (the quantile), `low`, `high`, `open` (cases not over yet).

    With open cases these are Kaplan–Meier's; without, order statistics. In tables of more than `LARGE` rows times of
    10,000 s and more are grouped to four figures where cases are open, and else the engine takes the quantiles itself.
    """
    censored = asked[0].rule.family == "survival"
    if table.rows_used > LARGE and not (censored and _any_open(engine, table, asked[0], spoken, where)):
        return _by_engine(engine, table, asked, spoken, by, every, where)
    frame = counted(engine, table, asked[0], spoken, by, every, where)
    return tuple(of_counts(frame, one.rule.quantile or 0.5, len(by)) for one in asked)


def _any_open(engine: Engine, table: Table, asked: Asked, spoken: Span, where: Sequence[Condition]) -> bool:
    def build(source: ir.Table) -> ir.Table:
        rows = ready(source, table, [asked], spoken, where)
        return rows.aggregate(n=(rows["m0_value"].notnull() & ~rows["m0_stopped"]).sum())

    return bool(engine.ask(table.path, build)["n"].fillna(0).iloc[0])


def counted(
    engine: Engine,
    table: Table,
    asked: Asked,
    spoken: Span,
    by: Sequence[str],
    every: Every | None,
    where: Sequence[Condition],
) -> pd.DataFrame:
    """Each group's distinct times (`time`) with the cases seen so long (`n`) and those over then (`events`)."""
    columns, when = [column_of(table, name) for name in by], dating(table, asked, every)
    return counted_in(engine, table, asked, spoken, where, lambda rows: keyed(rows, columns, when, every))


def counted_in(
    engine: Engine, table: Table, asked: Asked, spoken: Span, where: Sequence[Condition], keying: Keying
) -> pd.DataFrame:
    """The same in the groups that `keying` makes of the rows."""

    def build(source: ir.Table) -> ir.Table:
        rows, groups = keying(ready(source, table, [asked], spoken, where))
        return distinct_times(rows, asked, groups, coarse=table.rows_used > LARGE)

    frame = engine.ask(table.path, build).rename(columns={"time_": "time"})
    if "period" in frame:
        frame["period"] = pd.to_datetime(frame["period"]).dt.date
    return frame


def distinct_times(rows: ir.Table, asked: Asked, groups: Sequence[Any], *, coarse: bool = False) -> ir.Table:
    """The one query: each group's distinct times (`time_`), how many cases were over then and how many were seen so
    long. Runs on any engine Ibis speaks to; `coarse` groups long times to four figures."""
    time: Any = rows["m0_value"]
    over: Any = rows["m0_stopped"] if asked.rule.stopped is not None else ibis.literal(True)
    if coarse:
        step = ibis.literal(10.0) ** (time.log10().floor() - 3)
        time = ibis.ifelse(time < _FINE, time.round(), (time / step).round() * step)
    rows = rows.mutate(over=over, time=time, **{group.get_name(): group for group in groups})
    rows = rows.filter(rows["time"].notnull())
    return rows.aggregate(
        by=[*(rows[group.get_name()] for group in groups), rows["time"].name("time_")],
        events=rows["over"].sum(),
        n=rows["over"].count(),
    )


def keys(frame: pd.DataFrame, groups: int) -> list[str]:
    """The names of the columns that say which period and group a row is of."""
    return (["period"] if "period" in frame else []) + [f"b{k}" for k in range(groups)]


def in_groups(frame: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Counted times in the order statistics want them, group after group, and where each group starts."""
    cell = frame.groupby(list(names), sort=True, dropna=False).ngroup() if names else pd.Series(0, index=frame.index)
    frame = frame.assign(cell=cell).sort_values(["cell", "time"], kind="stable")
    return frame, np.flatnonzero(np.diff(frame["cell"].to_numpy(), prepend=-1))


def of_counts(frame: pd.DataFrame, q: float, groups: int) -> pd.DataFrame:
    """The quantile of each group of `counted`, with its interval."""
    names = keys(frame, groups)
    if frame.empty:
        empty = frame[names].copy()
        return empty.assign(n=0, mean=np.nan, variance=np.nan, low=np.nan, high=np.nan, open=0)
    frame, starts = in_groups(frame, names)
    time, events, n = (frame[name].to_numpy(np.float64) for name in ("time", "events", "n"))
    still = n - events
    found = (
        stats.survival_quantiles(time, events, still, starts, q)
        if still.any()
        else stats.quantiles(time, events, starts, q)
    )
    cells = frame.iloc[starts][names].reset_index(drop=True)
    cells["n"] = np.add.reduceat(n, starts).astype("int64")
    cells["mean"], cells["low"], cells["high"] = found
    cells["variance"] = np.nan
    cells["open"] = np.add.reduceat(still, starts).astype("int64")
    return cells


def _by_engine(
    engine: Engine,
    table: Table,
    asked: Sequence[Asked],
    spoken: Span,
    by: Sequence[str],
    every: Every | None,
    where: Sequence[Condition],
) -> tuple[pd.DataFrame, ...]:
    """The quantiles and the ends of their intervals from one list quantile for each group."""
    columns, when = [column_of(table, name) for name in by], dating(table, asked[0], every)
    wanted, typical = [one.rule.quantile or 0.5 for one in asked], _typical(table, columns, every)
    around = [stats.probes(typical, q) for q in wanted]
    levels = sorted({part for q, pair in zip(wanted, around, strict=True) for part in (q, *pair)})
    with engine.reading(table.path) as source:
        rows, groups = keyed(ready(source, table, asked[:1], spoken, where), columns, when, every)
        value = rows["m0_value"]
        frame: pd.DataFrame = rows.aggregate(by=groups, n=value.count(), at=value.quantile(levels)).to_pandas()
    if "period" in frame:
        frame["period"] = pd.to_datetime(frame["period"]).dt.date
    names, blank = keys(frame, len(by)), [np.nan] * len(levels)
    at = np.array([blank if one is None or len(one) == 0 else one for one in frame["at"]], np.float64)
    found = []
    for q, pair in zip(wanted, around, strict=True):
        under, value, above = (at.reshape(-1, len(levels))[:, levels.index(part)] for part in (pair[0], q, pair[1]))
        ends = stats.spread_interval(frame["n"].to_numpy(np.float64), q, pair, (under, value, above))
        cells = frame[names].copy()
        cells["n"] = frame["n"].astype("int64")
        cells["mean"], cells["low"], cells["high"] = ends
        cells["variance"], cells["open"] = np.nan, 0
        found.append(cells.sort_values(names, kind="stable").reset_index(drop=True) if names else cells)
    return tuple(found)


def _typical(table: Table, columns: Sequence[str], every: Every | None) -> float:
    """About how many rows a group holds: rows ÷ periods ÷ the groups among the first rows."""
    groups = max(distinct_at_first(table.path, columns, _SAMPLE), 1) if columns else 1
    periods = 1.0
    if every is not None and table.period is not None:
        periods = max((table.period[1] - table.period[0]).days / DAYS[every], 1.0)
    return max(table.rows_used / (groups * periods), 1.0)
