"""The load: cases open at the end of each period, and how often a customer makes contact."""

from __future__ import annotations

import math
from typing import Any

import ibis

from cxcore.language import say
from cxcore.metrics.base import Metric, Rule, Scale, from_zero
from cxcore.metrics.queue import WHEN
from cxcore.metrics.sight import Sight


def _from_one(_: Scale) -> Scale:
    """Who made no contact is not among the customers."""
    return (1.0, math.inf)


def _one(_: Sight, __: Scale) -> Any:
    return ibis.literal(1.0)


def _open_cases(sight: Sight) -> dict[str, Any]:
    back = (sight["resolved_at"] < sight["created_at"]).fill_null(False)
    untold = sight["resolved_at"].isnull() & sight.said_over
    return {"no_time": sight["created_at"].isnull() | untold, "ends_before_it_starts": back}


BACKLOG = Metric(
    "backlog",
    say("Backlog"),
    say("How many cases are open?"),
    ("created_at", "resolved_at"),
    (
        Rule(
            "open_at_end",
            say("open at the end"),
            "stock",
            "cases",
            say("cases created and not yet solved at the end of the period"),
            _one,
            from_zero,
            reasons=_open_cases,
        ),
    ),
    -1,
    say("A count of cases, not a sample of them"),
    dated=("created_at",),
    desk=True,
)
CONTACTS = Metric(
    "contacts",
    say("Contacts per customer"),
    say("How often does a customer have to make contact?"),
    ("customer_id", "created_at"),
    (
        Rule(
            "per_customer",
            say("mean per customer"),
            "mean",
            "number",
            say("contacts ÷ customers who made contact in the period"),
            _one,
            _from_one,
            per_customer=True,
            reasons=lambda sight: {"no_customer": sight["customer_id"].isnull()},
        ),
    ),
    -1,
    say("Contacts of each customer in the period, averaged over the customers who made any"),
    dated=WHEN,
    desk=True,
)
