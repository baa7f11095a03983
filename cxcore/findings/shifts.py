"""Changes of level in a series, searched for in every series, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from cxcore import stats
from cxcore.findings.family import LEAST_ANSWERS, Candidate
from cxcore.findings.wording import good_news, group_of, weight_of
from cxcore.language import Message, say
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.cells import next_period, scale_of
from cxcore.metrics.estimate import merged
from cxcore.metrics.figures import bare, figure, gap
from cxcore.values import Estimate, Finding, Table, Trend

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


def shifts(series: Sequence[Trend], table: Table, metrics: Mapping[str, Metric]) -> list[Candidate]:
    """A test for each series with enough answers and periods: does its level change somewhere?"""
    found = []
    for trend in series:
        if trend.whole.n < LEAST_ANSWERS or len(trend.points) < 4:
            continue
        metric = metrics[trend.metric]
        rule = metric.rules[0]
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
            "before": figure(rest.mean, rule.unit),
            "after": figure(inside.mean, rule.unit),
            "change": gap(sign * shift.value, rule.unit),
            "low": bare(ends[0], rule.unit),
            "high": bare(ends[1], rule.unit),
            "start": start,
            "end": end,
            "group": group_of(trend, table),
        }
        share = trend.whole.n / max(t.whole.n for t in series if t.metric == trend.metric)
        return Finding(
            kind="shift",
            metric=metric.name,
            sentence=_SHIFTS[bool(trend.by), lasting, fell].about(**facts),
            ground=(
                say("{inside} cases in that time, {rest} in the others; searched over {n} periods, the interval allows"
                    " for the search", inside=inside.n, rest=rest.n, n=len(trend.points))
                if metric.desk
                else say("{inside} answers in that time, {rest} in the others; searched over {n} periods, the interval"
                         " allows for the search", inside=inside.n, rest=rest.n, n=len(trend.points))
            ),
            weight=weight_of(shift.value, trend.whole, rule, table, metric) * (0.5 + 0.5 * share),
            good=good_news(metric, rose=not fell),
            by=trend.by,
            start=start,
            end=None if lasting else end,
        )  # fmt: skip

    return build


def with_siblings(shifts: Sequence[Finding]) -> list[Finding]:
    """The shifts, each of a group with what is known of its neighbours: whether they moved too."""
    told = []
    for shift in shifts:
        segment = [name for name, _ in shift.by]
        same = [other for other in shifts if other.metric == shift.metric and [n for n, _ in other.by] == segment]
        alone = bool(segment) and len(same) == 1
        ground = say("{ground}; no other group of the same kind shows a change", ground=shift.ground)
        told.append(replace(shift, ground=ground) if alone else shift)
    return told
