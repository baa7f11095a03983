"""Groups that stand out from the rest, in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd

from cxcore import stats
from cxcore.findings.family import LEAST_ANSWERS, Candidate
from cxcore.findings.wording import good_news, group_of, weight_of
from cxcore.language import say
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.estimate import change, difference, merged
from cxcore.metrics.figures import bare, figure, gap
from cxcore.metrics.groups import hidden
from cxcore.values import Estimate, Finding, Table, Trend

_LOWER = say(
    "{metric} in {group} is lower than in the rest: {value} against {rest} ({change}, 95 % interval {low} to {high})."
)
_HIGHER = say(
    "{metric} in {group} is higher than in the rest: {value} against {rest} ({change}, 95 % interval {low} to {high})."
)


def against_the_rest(groups: Sequence[Trend], metric: Metric, table: Table) -> list[Candidate]:
    """A test for each group of a segment with enough answers: the group against all others taken together."""
    rule = metric.rules[0]
    if _says_the_same(groups, rule):
        return []
    found = []
    # A group whose number the table of the segment keeps back, for the sake of a smaller one, is not told here either.
    sizes = pd.DataFrame({"n": [group.whole.n for group in groups], "b0": range(len(groups))})
    kept_back = hidden(sizes, ["b0"], beside=True)
    for group, why in zip(groups, kept_back, strict=True):
        if why or (len(groups) == 2 and group is not _worse(groups, metric)):  # of two, the one is the other's rest
            continue
        others = [other.whole for other in groups if other is not group]
        if group.whole.n < LEAST_ANSWERS or sum(o.n for o in others) < LEAST_ANSWERS or group.whole.mean is None:
            continue
        rest = merged(others)
        p = _p(difference(rest, group.whole, rule), rest, group.whole)
        if p is not None:
            found.append(Candidate(p, _segment_finding(group, rest, metric, rule, table)))
    return found


def _worse(groups: Sequence[Trend], metric: Metric) -> Trend:
    """The group of two that is told: the worse, where the metric has a better side."""
    return min(groups, key=lambda group: (metric.direction or 1) * (group.whole.mean or 0.0))


def _says_the_same(groups: Sequence[Trend], rule: Rule) -> bool:
    """Whether a column of two values is the number in other words: all of one, or none, is what the number counts."""
    if rule.family != "share" or len(groups) != 2:
        return False
    return any(group.whole.n >= LEAST_ANSWERS and group.whole.mean in {0.0, 100.0} for group in groups)


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
        distance = change(
            Estimate(metric.name, rest.n, rest.mean, None, None, rest.method, mean=rest.mean, variance=rest.variance),
            group.whole,
            rule,
        )
        value = distance.value or 0.0
        facts = {
            "metric": metric.title,
            "value": figure(group.whole.value, rule.unit),
            "rest": figure(rest.mean, rule.unit),
            "group": group_of(group, table),
            "change": gap(value, rule.unit),
            "low": bare(distance.low or 0.0, rule.unit),
            "high": bare(distance.high or 0.0, rule.unit),
        }
        total = rest.n + group.whole.n
        return Finding(
            kind="segment",
            metric=metric.name,
            sentence=(_LOWER if value < 0 else _HIGHER).about(**facts),
            ground=say("{group} cases here, {rest} in the rest", group=group.whole.n, rest=rest.n)
            if metric.desk
            else say("{group} answers here, {rest} in the rest", group=group.whole.n, rest=rest.n),
            weight=weight_of(value, rest, rule, table, metric) * math.sqrt(group.whole.n / total),
            good=good_news(metric, rose=value > 0),
            by=group.by,
        )

    return build
