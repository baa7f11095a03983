"""Times as shares: how many cases took longer than what is usual in the file. That is what findings test.

A share of cases needs no mean of skewed times, and open cases are in it: one that has waited longer than usual is slow.
One that began too late to have waited so long is not known yet, however it ended, and is left out: else the last weeks,
of which only the quick cases are over, would look fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ibis

from cxcore.durations import told
from cxcore.engine import Engine
from cxcore.language import say
from cxcore.metrics.base import Metric, Rule, Scale, whole_range
from cxcore.metrics.cells import Asked
from cxcore.metrics.desk import lacking
from cxcore.metrics.estimate import estimates
from cxcore.metrics.frames import frames
from cxcore.metrics.sight import Sight
from cxcore.values import Condition, Table


def slower_than_usual(engine: Engine, table: Table, metric: Metric, where: Sequence[Condition] = ()) -> Metric | None:
    """The metric of times as the share of cases that took longer than the median of all; None where there is none."""
    usual = next((rule for rule in metric.rules if rule.quantile == 0.5 and rule.unit == "seconds"), None)
    if usual is None or lacking(table, asked := Asked(metric, usual)):
        return None
    (frame,) = frames(engine, table, [asked], where=where)
    if frame.empty or (limit := estimates(frame, metric.name, usual, (0.0, 1.0), (), split=False)[0].value) is None:
        return None
    return replace(
        metric,
        title=say("Share of cases with “{metric}” above {limit}", metric=metric.title, limit=told(limit)),
        rules=(_beyond(usual, limit),),
    )


def _beyond(usual: Rule, limit: float) -> Rule:
    def value(sight: Sight, scale: Scale) -> Any:
        took = usual.value(sight, scale)
        slow = ibis.cases((took.isnull(), ibis.null("int64")), (took > limit, 100), else_=0)
        since = next(
            (role for role in ("created_at", "first_response_at") if f"{role}_clock" in sight.rows.columns), ""
        )
        if usual.stopped is None or not since:
            return slow
        return ibis.ifelse(sight.since(since).fill_null(limit) >= limit, slow, None)

    return Rule(
        "above_usual", say("share above the usual"), "share", "%",
        say("share of cases that took longer than the median of all"), value, whole_range, needs=usual.needs,
        reasons=usual.reasons, dated=usual.dated, clock_start=usual.clock_start, clock_stop=usual.clock_stop,
    )  # fmt: skip
