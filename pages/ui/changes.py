"""How a metric changed, in a sentence."""

from __future__ import annotations

from cxcore.language import Message, say
from cxcore.metrics import Metric, Rule
from cxcore.trend import place
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
        return {
            "within": say(
                "{metric} stands at {after} ({period}), after {before} ({previous}): within the range of a steady"
                " series ({change}, 95 % interval {low} to {high}).",
                **facts,
            ),
            "outside": say(
                "{metric} stands at {after} ({period}), after {before} ({previous}): outside the range of a steady"
                " series, with no clear change since the period before ({change}, 95 % interval {low} to {high}).",
                **facts,
            ),
            "unjudged": say(
                "{metric} stands at {after} ({period}), after {before} ({previous}) ({change}, 95 % interval {low} to"
                " {high}); too few periods are known to say what is usual.",
                **facts,
            ),
        }[place(trend)]
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


def legend(trend: Trend) -> Message:
    """What the band and the lines in a trend's picture are; of lines only where some could be drawn."""
    if any(trend.limits):
        return say("The band is the 95 % interval; dotted lines hold what a steady series would do; a diamond lies"
                   " outside.")  # fmt: skip
    return say("The band is the 95 % interval.")
