"""How a metric changed, in a sentence."""

from __future__ import annotations

from cxcore.language import Message, say
from cxcore.metrics import Metric, Rule
from cxcore.values import Trend
from pages.ui import cells


def latest(trend: Trend, metric: Metric, rule: Rule) -> Message:
    """What became of a metric in the last whole period, against the one before."""
    change = trend.change
    if change is None or change.value is None:
        return say("{metric}: there are too few answers in single periods to compare them.", metric=metric.title)
    facts = {
        "metric": metric.title,
        "after": cells.figure(change.later.value, rule),
        "before": cells.figure(change.earlier.value, rule),
        "period": cells.period(change.later.period, trend.every),
        "previous": cells.period(change.earlier.period, trend.every),
        "change": cells.gap(change.value, rule),
        "low": cells.bare(change.low, rule),
        "high": cells.bare(change.high, rule),
    }
    if change.low is None:
        return say("{metric} stands at {after} ({period}), after {before} ({previous}).", **facts)
    if not trend.signal:
        return say(
            "{metric} stands at {after} ({period}), after {before} ({previous}): within the range of a steady series"
            " ({change}, 95 % interval {low} to {high}).",
            **facts,
        )
    if change.value > 0:
        return say(
            "{metric} rose to {after} ({period}), from {before} ({previous})"
            " ({change}, 95 % interval {low} to {high}).",
            **facts,
        )
    return say(
        "{metric} fell to {after} ({period}), from {before} ({previous}) ({change}, 95 % interval {low} to {high}).",
        **facts,
    )
