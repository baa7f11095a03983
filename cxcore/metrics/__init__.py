"""Level 2. METRICS, the one list: menu, command line, definitions, trends and comparisons all follow from it."""

from __future__ import annotations

from cxcore.errors import UnknownName
from cxcore.language import listed, plain, say
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.experience import CES, CSAT, EASE, ENJOYMENT, NEEDS_MET, NPS
from cxcore.values import Table

METRICS: dict[str, Metric] = {m.name: m for m in (NPS, CSAT, CES, NEEDS_MET, EASE, ENJOYMENT)}


def named(name: str) -> Metric:
    """The metric of that name; raises UnknownName with the list of those there are."""
    if name in METRICS:
        return METRICS[name]
    raise UnknownName(
        "unknown_metric",
        say("There is no metric called {name}.", name=name),
        say("The metrics are: {names}.", names=listed([plain(known) for known in METRICS])),
    )


def offered(table: Table) -> tuple[Metric, ...]:
    """The metrics this table has the roles for, in the list's order."""
    return tuple(metric for metric in METRICS.values() if all(table.has(role) for role in metric.needs))


__all__ = ["METRICS", "Metric", "Rule", "named", "offered"]
