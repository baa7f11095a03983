"""Level 4. A metric held against its target: the share of cases within it, whether it is met, and the slowest breaches.

A case still open that has waited longer than the limit is a breach. One that has not waited so long is not known yet:
it counts for as long as it was seen, neither for nor against, and is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxcore import rows as behind
from cxcore import stats
from cxcore.durations import told
from cxcore.engine import Engine
from cxcore.language import Message, listed, say, say_many
from cxcore.metrics import named
from cxcore.metrics.base import Metric, Rule, whole_range
from cxcore.metrics.cells import Asked, dating, keyed
from cxcore.metrics.desk import Span, lacking, ready, span
from cxcore.metrics.estimate import estimates
from cxcore.metrics.figures import figure
from cxcore.metrics.frames import with_people
from cxcore.metrics.measure import measure
from cxcore.metrics.select import column_of
from cxcore.metrics.timed import counted, in_groups, keys
from cxcore.values import Condition, Estimate, Every, Table, Target

Verdict = Literal["met", "missed"]
TOOK = "took"  # the column of seconds beside the slowest cases
WITHIN = Rule(
    "within", say("within the target"), "share", "%", say("share of cases that took no longer than the target"),
    lambda sight, _: sight, whole_range,
)  # fmt: skip


@dataclass(frozen=True)
class Against:
    """A target and what came of it.

    `estimates` are the share of cases within it in percent, for times; for other metrics their own figures. `breaches`
    took longer (`breaches_open` of them are still open), `not_yet` are open and have not waited so long. `verdict` is
    of the whole, and None where it cannot be told, or where no share is aimed at.
    """

    target: Target
    rule: Rule
    estimates: tuple[Estimate, ...]
    breaches: int
    breaches_open: int
    not_yet: int
    verdict: Verdict | None
    sentence: Message
    ground: Message


def against(
    engine: Engine,
    table: Table,
    target: Target,
    *,
    every: Every | None = None,
    by: Sequence[str] = (),
    where: Sequence[Condition] = (),
    settings: Sequence[tuple[str, str]] = (),
) -> Against:
    """The target held against the table, overall, by period or by groups. Raises what `measure` raises."""
    asked = _asked(table, target, settings)
    if asked.rule.unit != "seconds":
        return _of_figure(engine, table, target, asked, every, by, where)
    held = _Held(engine, table, asked, target.limit, where, span(engine, table))
    frame, found = held.estimates(every, by)
    whole = held.estimates(None, ())[1][0] if every or by else found[0]
    over, still, early = (int(frame[name].sum()) for name in ("over", "over_open", "early"))
    verdict = _verdict(whole, target.share, at_least=True)
    return Against(
        target, asked.rule, found, over, still, early, verdict, _sentence(whole, target, verdict),
        _ground(whole.n, over, still, early),
    )  # fmt: skip


def slowest(
    engine: Engine,
    table: Table,
    target: Target,
    *,
    where: Sequence[Condition] = (),
    settings: Sequence[tuple[str, str]] = (),
    limit: int = 10,
) -> behind.Rows:
    """The rows of the cases that took longest beyond the target, the slowest first, with their seconds in `took`."""
    asked, spoken = _asked(table, target, settings), span(engine, table)

    def breaches(source: ir.Table) -> ir.Table:
        found = ready(source, table, [asked], spoken, where)
        return found.filter(found["m0_value"] > target.limit)

    return behind.ordered(engine, table, breaches, lambda found: [ibis.desc(found["m0_value"]), found["row"]], limit,
                          beside={TOOK: "m0_value"})  # fmt: skip


def _asked(table: Table, target: Target, settings: Sequence[tuple[str, str]]) -> Asked:
    metric = named(target.metric)
    rule = metric.rule(target.rule) if target.rule else metric.default(table, settings)
    asked = Asked(metric, rule, tuple(settings))
    if metric.desk and (unable := lacking(table, asked)):
        raise unable
    return asked


def _of_figure(
    engine: Engine,
    table: Table,
    target: Target,
    asked: Asked,
    every: Every | None,
    by: Sequence[str],
    where: Sequence[Condition],
) -> Against:
    """A share, a count or a mean held against its limit: there is no single case to be within it."""
    options: dict[str, Any] = {"where": where, "settings": asked.settings}
    (whole,) = measure(engine, table, asked.metric, asked.rule.name, **options).estimates
    found: tuple[Estimate, ...] = (whole,)
    if every is not None or by:
        found = measure(engine, table, asked.metric, asked.rule.name, every=every, by=by, **options).estimates
    upward = asked.metric.direction > 0
    verdict = _verdict(whole, target.limit, at_least=upward)
    return Against(target, asked.rule, found, 0, 0, 0, verdict, _figure_sentence(asked.metric, target, verdict),
                   say_many("{n} case", "{n} cases", whole.n))  # fmt: skip


@dataclass(frozen=True)
class _Held:
    """Cases held against a limit: the queries behind it."""

    engine: Engine
    table: Table
    asked: Asked
    limit: float
    where: Sequence[Condition]
    spoken: Span

    def estimates(self, every: Every | None, by: Sequence[str]) -> tuple[pd.DataFrame, tuple[Estimate, ...]]:
        """For each period and group the share within the limit, and the cells it comes from."""
        frame = self.cells(every, by)
        split = bool(every or by or self.where)
        found = estimates(frame, self.asked.metric.name, WITHIN, (0.0, 1.0), by, split=split, beside=True)
        early = frame["early"].to_numpy() > 0
        return frame, tuple(_by_survival(one) if some else one for one, some in zip(found, early, strict=True))

    def cells(self, every: Every | None, by: Sequence[str]) -> pd.DataFrame:
        """For each period and group the cases (`n`), those beyond the limit (of which open), and not known yet; `mean`,
        `low` and `high` are the share within it, in percent."""
        columns, when = [column_of(self.table, name) for name in by], dating(self.table, self.asked, every)

        def build(source: ir.Table) -> ir.Table:
            rows = ready(source, self.table, [self.asked], self.spoken, self.where)
            rows, groups = keyed(rows, columns, when, every)
            over: Any = rows["m0_value"] > self.limit
            still: Any = ~rows["m0_stopped"] if self.asked.rule.stopped is not None else ibis.literal(False)
            return rows.aggregate(
                by=groups,
                n=rows["m0_value"].count(),
                over=over.sum().fill_null(0),
                over_open=(over & still).sum().fill_null(0),
                early=(~over & still).sum().fill_null(0),
            )

        frame = self.engine.ask(self.table.path, build)
        if every is not None:
            frame["period"] = pd.to_datetime(frame["period"]).dt.date
        names = keys(frame, len(by))
        frame = frame.sort_values(names, kind="stable").reset_index(drop=True) if names else frame
        if every or by or self.where:
            parts = (self.engine, self.table, [self.asked], self.spoken, [frame], by, every, self.where)
            (frame,) = with_people(*parts)
        n = frame["n"].to_numpy(np.float64)
        within = n - frame["over"].to_numpy(np.float64)
        low, high = stats.share_intervals(within, n)
        with np.errstate(invalid="ignore"):
            frame = frame.assign(mean=100 * within / n, variance=np.nan, low=100 * low, high=100 * high)
        return self.with_open(frame, every, by) if frame["early"].sum() else frame

    def with_open(self, frame: pd.DataFrame, every: Every | None, by: Sequence[str]) -> pd.DataFrame:
        """The shares anew, by Kaplan–Meier: some open cases have not waited so long as the limit."""
        names = keys(frame, len(by))
        times = counted(self.engine, self.table, self.asked, self.spoken, by, every, self.where)
        times, starts = in_groups(times, names)
        found = stats.shares_by(times["time"], times["events"], times["n"] - times["events"], starts, self.limit)
        shares = times.iloc[starts][names].reset_index(drop=True)
        for name, side in zip(("mean", "low", "high"), found, strict=True):
            shares[name] = 100 * side
        rest = frame.drop(columns=["mean", "low", "high"])
        return rest.merge(shares, on=names, how="left") if names else rest.join(shares)


def _by_survival(one: Estimate) -> Estimate:
    if one.value is None and one.mean is None and one.n:
        return replace(one, method=say("no case has been seen for so long, and some are open"))
    if one.value is None:
        return one
    return replace(one, method=say("Kaplan–Meier, with Wilson's interval for as many cases as it is worth"))


def _verdict(whole: Estimate, goal: float | None, *, at_least: bool) -> Verdict | None:
    """Whether the goal is met: only where the whole interval lies on one side of it. A count is no sample: it is held
    as it stands."""
    if goal is None or whole.value is None:
        return None
    low = whole.value if whole.low is None else whole.low
    high = whole.value if whole.high is None else whole.high
    if not at_least:
        low, high, goal = -high, -low, -goal
    return "met" if low >= goal else "missed" if high < goal else None


def _sentence(whole: Estimate, target: Target, verdict: Verdict | None) -> Message:
    if whole.value is None:
        return say("How many cases are within {limit} cannot be told: {why}.", limit=told(target.limit),
                   why=whole.method)  # fmt: skip
    facts = {"share": whole.value, "limit": told(target.limit), "low": whole.low or 0.0, "high": whole.high or 0.0}
    share = say("{share:1} % of cases are within {limit} (95 % interval {low:1} to {high:1} %).", **facts)
    if target.share is None:
        return share
    return say("{share} {verdict}", share=share, verdict=_told(verdict, say("{value:0} %", value=target.share)))


def _figure_sentence(metric: Metric, target: Target, verdict: Verdict | None) -> Message:
    goal = figure(target.limit, metric.rules[0].unit)
    return say("{metric}: {verdict}", metric=metric.title, verdict=_told(verdict, goal))


def _told(verdict: Verdict | None, goal: Message) -> Message:
    if verdict == "met":
        return say("The target of {goal} is met.", goal=goal)
    if verdict == "missed":
        return say("The target of {goal} is missed.", goal=goal)
    return say("Whether the target of {goal} is met cannot be told yet.", goal=goal)


def _ground(n: int, over: int, still: int, early: int) -> Message:
    lines = [
        say_many("{n} case", "{n} cases", n),
        say_many("{n} took longer", "{n} took longer", over)
        if not still
        else say_many("{n} took longer, {open} of them still open", "{n} took longer, {open} of them still open", over,
                      open=still),
    ]  # fmt: skip
    if early:
        lines.append(
            say_many("{n} open case has not waited so long: not known yet",
                     "{n} open cases have not waited so long: not known yet", early)
        )  # fmt: skip
    return listed(lines)
