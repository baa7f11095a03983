"""Figures and groups as they stand in a finding's sentence."""

from __future__ import annotations

import math

from cxcore.language import Message, plain, say
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.cells import scale_of
from cxcore.values import Estimate, Table, Trend


def segment_name(table: Table, name: str) -> Message:
    """The words for a segment: the file's own header."""
    return plain(table.header(name) if table.has(name) else name)


def group_of(trend: Trend, table: Table) -> Message:
    """The group a trend is of: "chat (Channel)"; nothing for the whole."""
    if not trend.by:
        return plain("")
    name, value = trend.by[0]
    return say("{value} ({segment})", value=plain(value or "–"), segment=segment_name(table, name))


def weight_of(value: float, whole: Estimate, rule: Rule, table: Table, metric: Metric) -> float:
    """How large a difference is beside how much single answers differ, so that metrics can be ordered together."""
    low, high = rule.bounds(scale_of(table, metric))
    spread = math.sqrt(whole.variance or 0.0) or (high - low)
    return abs(value) / spread


def good_news(metric: Metric, *, rose: bool) -> bool | None:
    """Whether a rise (or a fall) is good; None where neither more nor less is better."""
    return rose == (metric.direction > 0) if metric.direction else None
