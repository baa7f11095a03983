"""Level 2. METRICS, the one list: menu, command line, definitions, trends and comparisons all follow from it."""

from __future__ import annotations

from typing import Literal

from cxcore.errors import UnknownName
from cxcore.language import listed, plain, say
from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.experience import CES, CSAT, EASE, ENJOYMENT, NEEDS_MET, NPS
from cxcore.metrics.handling import HANDLE_TIME, OCCUPANCY
from cxcore.metrics.load import BACKLOG, CONTACTS
from cxcore.metrics.queue import ABANDON_RATE, SERVICE_LEVEL, WAIT
from cxcore.metrics.solved import FCR, REOPEN_RATE
from cxcore.metrics.times import FIRST_RESPONSE, RESOLUTION
from cxcore.values import Table

EXPERIENCE: tuple[Metric, ...] = (NPS, CSAT, CES, NEEDS_MET, EASE, ENJOYMENT)
DESK: tuple[Metric, ...] = (
    FIRST_RESPONSE, HANDLE_TIME, RESOLUTION, WAIT, SERVICE_LEVEL, ABANDON_RATE, FCR, REOPEN_RATE, BACKLOG, OCCUPANCY,
    CONTACTS,
)  # fmt: skip
METRICS: dict[str, Metric] = {m.name: m for m in (*EXPERIENCE, *DESK)}


def named(name: str) -> Metric:
    """The metric of that name; raises UnknownName with the list of those there are."""
    if name in METRICS:
        return METRICS[name]
    raise UnknownName(
        "unknown_metric",
        say("There is no metric called {name}.", name=name),
        say("The metrics are: {names}.", names=listed([plain(known) for known in METRICS])),
    )


def offered(table: Table, of: Literal["experience", "desk"] = "experience") -> tuple[Metric, ...]:
    """The metrics this table has the roles for, in the list's order: those of surveys, or those of the desk's work.

    Answers joined with their contacts hold no more of the desk's work than what was answered about, the latest of it
    only where it was quick: the desk's metrics are asked of the contacts alone.
    """
    if of == "desk" and table.mapping.kind == "responses" and table.parts:
        return ()
    return tuple(metric for metric in (DESK if of == "desk" else EXPERIENCE) if metric.offered(table))


__all__ = ["DESK", "EXPERIENCE", "METRICS", "Metric", "Rule", "named", "offered"]
