"""The terms of a figure: its rule, when its clock starts and stops, which date groups it, how many cases are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from cxcore.durations import told
from cxcore.engine import Engine
from cxcore.language import Message, listed, say, say_many
from cxcore.metrics.cells import Asked, when_of
from cxcore.metrics.desk import ready, span
from cxcore.metrics.handling import parts
from cxcore.metrics.settings import chosen, timed
from cxcore.metrics.sight import Sight
from cxcore.roles import ROLES
from cxcore.values import Condition, Table


@dataclass(frozen=True)
class Open:
    """Cases that are not over: how many, and for how many seconds by the figure's clock (median, longest)."""

    n: int
    median_age: float | None
    oldest: float | None


@dataclass(frozen=True)
class Terms:
    """What a figure of the desk's work rests on. `parts` are the roles it is made of, where columns decide that;
    `settings` the numbers in force, defaults among them; `open` None where open cases play no part."""

    clock: Message | None
    clock_start: Message | None
    clock_stop: Message | None
    grouped_by: str | None
    settings: tuple[tuple[str, float], ...]
    parts: tuple[str, ...]
    open: Open | None


def lines(held: Terms) -> tuple[Message, ...]:
    """The terms in words, a sentence each, as they stand beside a figure."""
    found = []
    if held.clock_start is not None and held.clock_stop is not None:
        found.append(say("From: {start}. To: {stop}.", start=held.clock_start, stop=held.clock_stop))
    if held.clock is not None:
        found.append(say("Clock: {clock}.", clock=held.clock))
    if held.parts:
        found.append(say("Made of: {parts}.", parts=listed([ROLES[role].meaning for role in held.parts])))
    if held.settings:
        found.append(say("Set: {settings}.", settings=listed([f"{name} = {value:g}" for name, value in held.settings])))
    if held.grouped_by is not None:
        found.append(say("Grouped by: {date}.", date=ROLES[held.grouped_by].meaning))
    if held.open is not None and held.open.n:
        found.append(still_open_told(held.open))
    return tuple(found)


def still_open_told(held: Open) -> Message:
    """How many cases are open, and how old they are."""
    return say_many("{n} case is open, {oldest} old.",
                    "{n} cases are open, half of them for longer than {median}, the oldest for {oldest}.",
                    held.n, median=told(held.median_age or 0.0), oldest=told(held.oldest or 0.0))  # fmt: skip


def terms(engine: Engine, table: Table, asked: Asked, where: Sequence[Condition] = ()) -> Terms:
    """The terms of a metric under a rule and what is set."""
    held = chosen(asked.metric, asked.settings, table)
    return Terms(
        clock=held.clock.told() if timed(asked.metric) else None,
        clock_start=asked.rule.clock_start,
        clock_stop=asked.rule.clock_stop,
        grouped_by=when_of(table, asked.metric, asked.rule),
        settings=_in_force(held.numbers, asked),
        parts=_parts(engine, table, asked),
        open=still_open(engine, table, asked, where) if asked.rule.stopped is not None else None,
    )


def _in_force(numbers: tuple[tuple[str, float], ...], asked: Asked) -> tuple[tuple[str, float], ...]:
    """What is set and changes this rule."""
    rules = {setting.name: setting.rules for setting in asked.metric.settings}
    return tuple((name, value) for name, value in numbers if not rules[name] or asked.rule.name in rules[name])


def _parts(engine: Engine, table: Table, asked: Asked) -> tuple[str, ...]:
    """The columns a handle time is made of."""
    if asked.metric.name not in {"handle_time", "occupancy"}:
        return ()
    with engine.reading(table.path) as rows:
        return parts(Sight(rows), hold=asked.rule.name != "avaya")


def still_open(engine: Engine, table: Table, asked: Asked, where: Sequence[Condition] = ()) -> Open:
    """The open cases behind a survival time, with their age at the end of the file."""
    spoken = span(engine, table)

    def build(source: ir.Table) -> ir.Table:
        rows = ready(source, table, [asked], spoken, where)
        rows = rows.filter(rows["m0_value"].notnull() & ~rows["m0_stopped"])
        age = rows["m0_value"]
        return rows.aggregate(n=age.count(), median=age.median(), oldest=age.max())

    row = engine.ask(table.path, build).iloc[0]
    n = int(row["n"])
    return Open(n, *(None if pd.isna(row[name]) else float(row[name]) for name in ("median", "oldest")))
