"""Level 5. Values → sentences: what changed, what stands out, what hurts; claimed only where it survives the search.

Every series (a metric overall, and in each group of each segment) is searched for a change of level; every group is
compared with the rest. All these tests of one table form one family, and the false discovery rate is controlled over
it, so that a file in which nothing changed claims a change in at most 5 % of cases (`tests/bench`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cxcore import stats
from cxcore.engine import Engine
from cxcore.language import Message, plain, say
from cxcore.mapping.headers import tokens
from cxcore.metrics import METRICS, offered
from cxcore.metrics.base import Metric, Rule, Unit
from cxcore.metrics.cells import next_period, scale_of
from cxcore.metrics.estimate import change, difference, merged
from cxcore.metrics.measure import measure
from cxcore.roles import ROLES
from cxcore.trend import fitting, trends
from cxcore.values import Condition, Estimate, Finding, Table, Trend

# A column of months or weekdays repeats the date: the trend tells it better, and each more test makes all of them weaker.
_CALENDAR = frozenset(
    "month mon mese mes mois monat quarter trimestre quartal week weeks settimana semana woche weekday weekdays day days"
    " giorno giorni dia year anno jahr hour ora".split()
)
MOST_GROUPS = 20  # a segment with more groups than this is a list, not a comparison
LEAST_ANSWERS = 30  # a group with fewer answers is not searched for changes
SEGMENTS = 8  # segments searched, roles first


@dataclass(frozen=True)
class Candidate:
    """One test of the family: its p, and the finding it becomes if it survives."""

    p: float
    finding: Callable[[], Finding]


def segments(table: Table) -> tuple[str, ...]:
    """The columns worth splitting by, by name: roles of people and place first, then the file's own segments."""
    skipped = {"agent", "language", "variant", "phase", "status"}
    roles = [use.role for use in table.mapping.roles if ROLES[use.role].type == "category" and use.role not in skipped]
    own = [
        use.header for use in table.mapping.columns if use.fate == "segment" and not _CALENDAR & set(tokens(use.header))
    ]
    return (*roles, *own)[:SEGMENTS]


def segment_name(table: Table, name: str) -> Message:
    """The words for a segment: the file's own header."""
    return plain(table.header(name) if table.has(name) else name)


def of_table(
    engine: Engine, table: Table, where: Sequence[Condition] = (), step: Callable[[str, int], None] | None = None
) -> tuple[Finding, ...]:
    """What is worth knowing about a table, the weightiest first; empty where nothing survives the search."""
    metrics = offered(table)
    if not metrics:
        return ()
    every = fitting(engine, table, metrics, where) if table.period else None
    overall = trends(engine, table, metrics, every=every, where=where)
    series: list[Trend] = list(overall)
    candidates: list[Candidate] = []
    names = segments(table)
    for k, name in enumerate(names):
        if step:
            step(name, k)
        split = _splits(engine, table, metrics, name, every, where)
        series += split
        for metric in metrics:
            groups = [trend for trend in split if trend.metric == metric.name]
            candidates += _against_the_rest(groups, metric, table)
    candidates += _shifts(series, table)
    if not candidates:
        return ()
    adjusted = stats.false_discovery([candidate.p for candidate in candidates])
    kept = [c.finding() for c, p in zip(candidates, adjusted, strict=True) if p < stats.CLAIM_LEVEL]
    return tuple(sorted(_without_echoes(kept), key=lambda finding: -finding.weight))


def _splits(
    engine: Engine, table: Table, metrics: Sequence[Metric], name: str, every: Any, where: Sequence[Condition]
) -> list[Trend]:
    """The trend of each metric in each group of a segment; without dates one point that is the whole."""
    if every is None:
        return [
            Trend(m.name, "quarter", e, (e,), (None,), by=e.by)
            for m in metrics
            for e in _whole_groups(engine, table, m, name, where)
        ]
    split = trends(engine, table, metrics, every=every, by=name, where=where)
    return [trend for trend in split if trend.by[0][1] is not None] if _few(split) else []


def _whole_groups(
    engine: Engine, table: Table, metric: Metric, name: str, where: Sequence[Condition]
) -> list[Estimate]:
    found = [e for e in measure(engine, table, metric, by=[name], where=where).estimates if e.by[0][1] is not None]
    return found if 2 <= len(found) <= MOST_GROUPS else []


def _few(split: Sequence[Trend]) -> bool:
    groups = {trend.by for trend in split}
    return 2 <= len(groups) <= MOST_GROUPS


def _rule(name: str) -> tuple[Metric, Rule]:
    metric = METRICS[name]
    return metric, metric.rules[0]


def _shifts(series: Sequence[Trend], table: Table) -> list[Candidate]:
    found = []
    for trend in series:
        if trend.whole.n < LEAST_ANSWERS or len(trend.points) < 4:
            continue
        metric, rule = _rule(trend.metric)
        shift = _shift(trend, rule, scale_of(table, metric))
        if shift is not None:
            found.append(Candidate(shift.p, _shift_finding(trend, shift, metric, rule, series, table)))
    return found


def _shift(trend: Trend, rule: Rule, scale: tuple[float, float]) -> stats.Shift | None:
    answers = _spread(trend.points, rule)
    if answers is None:
        return None
    return stats.find_shift(
        [point.n for point in trend.points],
        [point.mean or 0.0 for point in trend.points],
        answers,
        bounds=(rule.bounds(scale)[0] - rule.bounds(scale)[1], rule.bounds(scale)[1] - rule.bounds(scale)[0]),
    )


def _spread(points: Sequence[Estimate], rule: Rule) -> stats.Moments | None:
    together = merged(points)
    if together.mean is None or together.variance is None:
        return None
    if rule.family == "nps":
        both = together.n * (together.variance + together.mean**2) / 10_000
        net = together.n * together.mean / 100
        return stats.nps_moments((both + net) / 2, together.n - both, (both - net) / 2)
    if rule.family == "share":
        found = stats.share_moments(together.n * together.mean / 100, together.n)
        return None if found is None else found._replace(mean=100 * found.mean, variance=10_000 * found.variance)
    return stats.Moments(together.mean, together.variance * together.n / max(together.n - 1, 1), 0.0)


def _shift_finding(
    trend: Trend, shift: stats.Shift, metric: Metric, rule: Rule, series: Sequence[Trend], table: Table
) -> Callable[[], Finding]:
    def build() -> Finding:
        inside = merged(trend.points[shift.start : shift.end])
        rest = merged((*trend.points[: shift.start], *trend.points[shift.end :]))
        start = trend.points[shift.start].period or date.min
        last = trend.points[shift.end - 1].period or date.min
        end = next_period(last, trend.every) - timedelta(days=1)
        lasting = shift.end == len(trend.points)
        early = shift.start == 0
        fell = shift.value < 0
        if early:  # a lasting change seen from its far side
            inside, rest, fell = rest, inside, not fell
            start, lasting = trend.points[shift.end].period or date.min, True
        sign = -1.0 if early else 1.0
        ends = sorted((sign * shift.low, sign * shift.high))
        facts = {
            "metric": metric.title,
            "before": _figure(rest.mean, rule.unit),
            "after": _figure(inside.mean, rule.unit),
            "change": _gap(sign * shift.value, rule.unit),
            "low": _bare(ends[0], rule.unit),
            "high": _bare(ends[1], rule.unit),
            "start": start,
            "end": end,
            "group": _group(trend, table),
        }
        share = trend.whole.n / max(t.whole.n for t in series if t.metric == trend.metric)
        return Finding(
            kind="shift",
            metric=metric.name,
            sentence=_SHIFTS[bool(trend.by), lasting, fell].about(**facts),
            ground=say(
                "{inside} answers in that time, {rest} in the others; searched over {n} periods, the interval allows"
                " for the search", inside=inside.n, rest=rest.n, n=len(trend.points),
            ),
            weight=_weight(shift.value, trend.whole, rule, table, metric) * (0.5 + 0.5 * share),
            good=(not fell) if metric.direction >= 0 else fell,
            by=trend.by,
            start=start,
            end=None if lasting else end,
        )  # fmt: skip

    return build


# (in a group, lasting, fell) → the sentence, so that each reads as a person would say it.
_SHIFTS: dict[tuple[bool, bool, bool], Message] = {
    (True, True, True): say(
        "{metric} fell from {before} to {after} in {group} from {start} on ({change}, 95 % interval {low} to {high})."
    ),
    (True, True, False): say(
        "{metric} rose from {before} to {after} in {group} from {start} on ({change}, 95 % interval {low} to {high})."
    ),
    (False, True, True): say(
        "{metric} fell from {before} to {after} from {start} on ({change}, 95 % interval {low} to {high})."
    ),
    (False, True, False): say(
        "{metric} rose from {before} to {after} from {start} on ({change}, 95 % interval {low} to {high})."
    ),
    (True, False, True): say(
        "{metric} in {group} was lower from {start} to {end}: {after}, against {before} at other times"
        " ({change}, 95 % interval {low} to {high})."
    ),
    (True, False, False): say(
        "{metric} in {group} was higher from {start} to {end}: {after}, against {before} at other times"
        " ({change}, 95 % interval {low} to {high})."
    ),
    (False, False, True): say(
        "{metric} was lower from {start} to {end}: {after}, against {before} at other times"
        " ({change}, 95 % interval {low} to {high})."
    ),
    (False, False, False): say(
        "{metric} was higher from {start} to {end}: {after}, against {before} at other times"
        " ({change}, 95 % interval {low} to {high})."
    ),
}
_LOWER = say(
    "{metric} in {group} is lower than in the rest: {value} against {rest} ({change}, 95 % interval {low} to {high})."
)
_HIGHER = say(
    "{metric} in {group} is higher than in the rest: {value} against {rest} ({change}, 95 % interval {low} to {high})."
)


def _group(trend: Trend, table: Table) -> Message:
    if not trend.by:
        return plain("")
    name, value = trend.by[0]
    return say("{value} ({segment})", value=plain(value or "–"), segment=segment_name(table, name))


def _figure(value: float | None, unit: Unit) -> Message:
    if value is None:
        return plain("–")
    if unit == "%":
        return say("{value:0} %", value=value)
    if unit == "points":
        return say("{value:0}", value=value)
    return say("{value:2}", value=value)


def _gap(value: float, unit: Unit) -> Message:
    if unit in {"%", "points"}:
        return say("{value:+0} points", value=value)
    return say("{value:+2}", value=value)


def _bare(value: float, unit: Unit) -> Message:
    return say("{value:+0}", value=value) if unit in {"%", "points"} else say("{value:+2}", value=value)


def _weight(value: float, whole: Estimate, rule: Rule, table: Table, metric: Metric) -> float:
    low, high = rule.bounds(scale_of(table, metric))
    spread = math.sqrt(whole.variance or 0.0) or (high - low)
    return abs(value) / spread


def _against_the_rest(groups: Sequence[Trend], metric: Metric, table: Table) -> list[Candidate]:
    rule = metric.rules[0]
    found = []
    for group in groups:
        others = [other.whole for other in groups if other is not group]
        if group.whole.n < LEAST_ANSWERS or sum(o.n for o in others) < LEAST_ANSWERS or group.whole.mean is None:
            continue
        rest = merged(others)
        p = _p(difference(rest, group.whole, rule), rest, group.whole)
        if p is not None:
            found.append(Candidate(p, _segment_finding(group, rest, metric, rule, table)))
    return found


def _p(found: stats.Difference, rest: Estimate, group: Estimate) -> float | None:
    """The p of a difference; for shares, where none is asked for, the pooled z-test on hundreds of answers."""
    if found.p is not None or found.value is None or found.status != "ok":
        return found.p
    n = rest.n + group.n
    pooled = ((rest.mean or 0) * rest.n + (group.mean or 0) * group.n) / n / 100
    error = math.sqrt(max(pooled * (1 - pooled), 0.0) * (1 / rest.n + 1 / group.n))
    return math.erfc(abs(found.value) / error / math.sqrt(2)) if error else None


def _segment_finding(group: Trend, rest: Estimate, metric: Metric, rule: Rule, table: Table) -> Callable[[], Finding]:
    def build() -> Finding:
        gap = change(
            Estimate(metric.name, rest.n, rest.mean, None, None, rest.method, mean=rest.mean, variance=rest.variance),
            group.whole,
            rule,
        )
        value = gap.value or 0.0
        facts = {
            "metric": metric.title,
            "value": _figure(group.whole.value, rule.unit),
            "rest": _figure(rest.mean, rule.unit),
            "group": _group(group, table),
            "change": _gap(value, rule.unit),
            "low": _bare(gap.low or 0.0, rule.unit),
            "high": _bare(gap.high or 0.0, rule.unit),
        }
        total = rest.n + group.whole.n
        return Finding(
            kind="segment",
            metric=metric.name,
            sentence=(_LOWER if value < 0 else _HIGHER).about(**facts),
            ground=say("{group} answers here, {rest} in the rest", group=group.whole.n, rest=rest.n),
            weight=_weight(value, rest, rule, table, metric) * math.sqrt(group.whole.n / total),
            good=(value > 0) if metric.direction >= 0 else (value < 0),
            by=group.by,
        )

    return build


def _without_echoes(found: Sequence[Finding]) -> list[Finding]:
    """The findings without those that only repeat a larger one.

    A change overall that a change in one group explains is told once, of the group; a group compared with one other
    group is the same fact told from both sides.
    """
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda f: -f.weight):
        same = [
            other for other in kept
            if other.kind == finding.kind and other.metric == finding.metric and other.good == finding.good
            and (finding.kind == "shift" and _overlap(finding, other))
        ]  # fmt: skip
        if not same:
            kept.append(finding)
    return kept


def _overlap(one: Finding, other: Finding) -> bool:
    start = max(one.start or date.min, other.start or date.min)
    end = min(one.end or date.max, other.end or date.max)
    return start <= end


def stories(found: Sequence[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """Findings that tell one story, together: the same group since the same day, whichever metric shows it."""
    told: dict[object, list[Finding]] = {}
    for finding in found:
        told.setdefault((finding.kind, finding.by, finding.start, finding.good), []).append(finding)
    return tuple(tuple(story) for story in told.values())


def also_seen(story: Sequence[Finding]) -> tuple[Message, ...]:
    """The titles of the other metrics that tell the same story."""
    names = dict.fromkeys(finding.metric for finding in story[1:] if finding.metric != story[0].metric)
    return tuple(METRICS[name].title for name in names)


def pain_points(found: Sequence[Finding], most: int = 3) -> tuple[Finding, ...]:
    """The groups that hurt most: clearly worse than the rest, weighed by how many answers they hold."""
    worst: list[Finding] = []
    for finding in found:
        if finding.kind == "segment" and finding.good is False and finding.by not in [w.by for w in worst]:
            worst.append(finding)
    return tuple(worst[:most])
