"""One grouped query → what each arm holds: counts and centred moments, or sums per customer where customers repeat."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxcore.compare.outcome import Outcome
from cxcore.engine import Engine
from cxcore.metrics.cells import moments, of_one, seen
from cxcore.stats import FloatArray
from cxcore.stats.clusters import Customers
from cxcore.values import Table

Build = Any  # how to make the rows out of the table: ir.Table → ir.Table


@dataclass(frozen=True, eq=False)
class Sample:
    """What one arm holds of one outcome: n answers, their mean and variance (÷ n).

    `logs` are n, mean and variance of the logarithms of a duration, `zeros` how many have none; `running` counts cases
    not over yet. Where customers repeat, `customers` holds their sums, `log_customers` those of logarithms, and
    `within` Σ(answer − its customer's mean)².
    """

    n: int = 0
    mean: float = math.nan
    variance: float = 0.0
    logs: tuple[int, float, float] = (0, math.nan, 0.0)
    zeros: int = 0
    running: int = 0
    customers: Customers | None = None
    log_customers: Customers | None = None
    within: float = 0.0

    @property
    def clustered(self) -> bool:
        """Whether a customer stands behind more than one answer."""
        return self.customers is not None and self.customers.repeat


@dataclass(frozen=True, eq=False)
class Held:
    """What an arm holds: rows, units (rows, where no unit repeats), first and last date, and a sample an outcome."""

    rows: int
    units: int
    samples: tuple[Sample, ...]
    first: Any = None
    last: Any = None


Key = tuple[str | None, ...]


def sums(
    engine: Engine,
    table: Table,
    outcomes: Sequence[Outcome],
    build: Build,
    keys: Mapping[str, Any],
    *,
    unit: str | None = None,
    when: str | None = None,
) -> dict[Key, Held]:
    """What each group holds. `build` makes the rows, `keys` (name → rows → expression) what groups them; `unit` is the
    column of what was assigned, `when` that of dates."""

    def query(source: ir.Table) -> ir.Table:
        rows = _ready(build(source), outcomes, keys)
        if unit is None:
            return rows.aggregate(by=list(keys), **_plain(rows, outcomes, when))
        return _clustered(rows, outcomes, list(keys), unit, when)

    frame = engine.ask(table.path, query)
    read = _of_plain if unit is None else _of_clustered
    found: dict[Key, Held] = {}
    for key, part in frame.groupby(list(keys), dropna=False, sort=False):
        names: tuple[Any, ...] = tuple(key)
        found[tuple(None if pd.isna(one) else str(one) for one in names)] = read(part, outcomes)
    return found


def _ready(rows: ir.Table, outcomes: Sequence[Outcome], keys: Mapping[str, Any]) -> ir.Table:
    columns = {name: key(rows) for name, key in keys.items()}
    for k, one in enumerate(outcomes):
        if one.kind in {"duration", "survival"}:
            value: Any = rows[f"m{k}_value"]
            columns[f"l{k}"] = ibis.ifelse(value > 0, value, None).ln()
    return rows.mutate(**columns)


def _plain(rows: ir.Table, outcomes: Sequence[Outcome], when: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"rows": rows.count()}
    if when is not None:
        found |= {"first": rows[when].min(), "last": rows[when].max()}
    for k, one in enumerate(outcomes):
        if one.kind == "ratio":
            found |= seen(rows, one.rule, k)
        elif one.kind in {"nps", "share"}:
            found |= moments(rows[f"m{k}_value"], one.kind, f"m{k}_")
        else:
            found |= moments(rows[f"m{k}_value"], "mean", f"m{k}_")
        if one.kind in {"duration", "survival"}:
            found |= moments(rows[f"l{k}"], "mean", f"l{k}_")
        if one.kind == "survival":
            found[f"m{k}_running"] = (~rows[f"m{k}_stopped"] & rows[f"m{k}_value"].notnull()).sum()
    return found


def _of_plain(part: pd.DataFrame, outcomes: Sequence[Outcome]) -> Held:
    part = part.reset_index(drop=True)
    row = part.iloc[0]
    samples = []
    for k, one in enumerate(outcomes):
        cell = of_one(part, k, 0).iloc[0]
        n, logs = int(cell["n"]), (0, math.nan, 0.0)
        if one.kind in {"duration", "survival"}:
            logs = (int(row[f"l{k}_n"]), _float(row[f"l{k}_mean"]), _float(row[f"l{k}_variance"], 0.0))
        samples.append(Sample(
            n, _float(cell["mean"]), max(_float(cell["variance"], 0.0), 0.0), logs, n - logs[0],
            int(row.get(f"m{k}_running", 0) or 0),
        ))  # fmt: skip
    return Held(int(row["rows"]), int(row["rows"]), tuple(samples), row.get("first"), row.get("last"))


def unit_in(rows: ir.Table, unit: str) -> Any:
    """Whose row each is; a row of nobody known is a unit of its own."""
    return ibis.coalesce(rows[unit].cast("string"), ibis.literal("#").concat(rows["row"].cast("string")))


def _clustered(rows: ir.Table, outcomes: Sequence[Outcome], keys: list[str], unit: str, when: str | None) -> ir.Table:
    """Sums per unit; and these put together by how many answers a unit gave, where that is a count."""
    rows = rows.mutate(unit=unit_in(rows, unit))
    inner: dict[str, Any] = {"rows": rows.count()}
    if when is not None:
        inner |= {"first": rows[when].min(), "last": rows[when].max()}
    for k, one in enumerate(outcomes):
        value: Any = rows[f"m{k}_value"]
        if one.kind == "ratio":
            both = value.notnull() & rows[f"m{k}_per"].notnull()
            inner[f"s{k}"] = ibis.ifelse(both, value, 0).sum()
            inner[f"m{k}"] = ibis.ifelse(both, rows[f"m{k}_per"], 0).sum().cast("float64")
            inner[f"w{k}"], inner[f"n{k}"] = ibis.literal(0.0), both.sum()
        else:
            inner |= {f"s{k}": value.sum().cast("float64"), f"m{k}": value.count().cast("float64"),
                      f"n{k}": value.count(), f"w{k}": value.var(how="pop") * value.count()}  # fmt: skip
        if one.kind in {"duration", "survival"}:
            inner |= {f"t{k}": rows[f"l{k}"].sum().cast("float64"), f"z{k}": value.count() - rows[f"l{k}"].count()}
        if one.kind == "survival":
            inner[f"r{k}"] = (~rows[f"m{k}_stopped"] & value.notnull()).sum()
    each = rows.aggregate(by=[*keys, "unit"], **inner)
    if any(one.kind == "ratio" for one in outcomes):
        return each.mutate(units=ibis.literal(1), **{f"v{k}": ibis.literal(0.0) for k in range(len(outcomes))})
    outer: dict[str, Any] = {"units": each.count(), "rows": each["rows"].sum()}
    if when is not None:
        outer |= {"first": each["first"].min(), "last": each["last"].max()}
    for k, one in enumerate(outcomes):
        outer |= {f"s{k}": each[f"s{k}"].mean(), f"v{k}": each[f"s{k}"].var(how="pop"), f"n{k}": each[f"n{k}"].sum(),
                  f"w{k}": each[f"w{k}"].sum()}  # fmt: skip
        if one.kind in {"duration", "survival"}:
            outer |= {
                f"t{k}": each[f"t{k}"].mean(),
                f"u{k}": each[f"t{k}"].var(how="pop"),
                f"z{k}": each[f"z{k}"].sum(),
            }
        if one.kind == "survival":
            outer[f"r{k}"] = each[f"r{k}"].sum()
    return each.aggregate(by=[*keys, *(f"m{k}" for k in range(len(outcomes)))], **outer)


def _of_clustered(part: pd.DataFrame, outcomes: Sequence[Outcome]) -> Held:
    samples = []
    for k, one in enumerate(outcomes):
        held = part[part[f"m{k}"] > 0]
        answers, units = (held[name].to_numpy(np.float64) for name in (f"m{k}", "units"))
        within, n = float(held[f"w{k}"].fillna(0).sum()), int(held[f"n{k}"].sum())
        customers = gathered(answers, units, _array(held, f"s{k}"), _array(held, f"v{k}"))
        logs = None
        if one.kind in {"duration", "survival"}:
            logs = gathered(answers, units, _array(held, f"t{k}"), _array(held, f"u{k}"))
        zeros = int(held[f"z{k}"].sum()) if f"z{k}" in held else 0
        running = int(held[f"r{k}"].sum()) if f"r{k}" in held else 0
        if not n:
            samples.append(Sample(customers=customers))
            continue
        variance = (within + customers.squares_between) / n
        log_moments = (0, math.nan, 0.0) if logs is None else (n - zeros, logs.ratio, 0.0)
        samples.append(Sample(n, customers.ratio, variance, log_moments, zeros, running, customers, logs, within))
    first = part["first"].min() if "first" in part else None
    last = part["last"].max() if "last" in part else None
    return Held(int(part["rows"].sum()), int(part["units"].sum()), tuple(samples), first, last)


def gathered(answers: FloatArray, units: FloatArray, mean: FloatArray, variance: FloatArray) -> Customers:
    """Customers in several groups put together by how many answers they gave (Chan's formula)."""
    kinds, place = np.unique(answers, return_inverse=True)
    count = np.bincount(place, units, kinds.size).astype(np.float64)
    centre = np.bincount(place, units * mean, kinds.size) / count
    spread = np.bincount(place, units * (variance + (mean - centre[place]) ** 2), kinds.size) / count
    return Customers(kinds, count, centre, spread)


def _array(frame: pd.DataFrame, name: str) -> FloatArray:
    return np.asarray(np.nan_to_num(frame[name].to_numpy(np.float64)), np.float64)


def _float(value: Any, missing: float = math.nan) -> float:
    return missing if value is None or pd.isna(value) else float(value)
