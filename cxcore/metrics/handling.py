"""The work itself: how long a contact is handled, and which part of the paid time is handling."""

from __future__ import annotations

from typing import Any

import ibis

from cxcore.language import Message, say
from cxcore.metrics.base import Metric, Rule, Scale, Setting, from_zero, whole_range
from cxcore.metrics.queue import WHEN
from cxcore.metrics.sight import Sight

_PARTS = ("talk_duration", "hold_duration", "wrap_duration")


def parts(sight: Sight, *, hold: bool = True) -> tuple[str, ...]:
    """The columns a contact's handling is made of: the whole where it is written, else its parts."""
    there = tuple(role for role in _PARTS if sight.has(role) and (hold or role != "hold_duration"))
    if sight.has("handle_duration") and (hold or not there):
        return ("handle_duration",)
    return there


def handled(sight: Sight, *, hold: bool = True) -> Any:
    """Seconds of talk, hold and after-call work of an answered contact; null where its talk is not known or below 0."""
    first, *rest = parts(sight, hold=hold)
    total = sight[first]
    for role in rest:  # a blank hold or after-call work is none
        total = total + sight[role].fill_null(0)
    return ibis.ifelse((total >= 0) & ~sight.gone, total, None).cast("float64")


def _whole(sight: Sight, _: Scale) -> Any:
    return handled(sight)


def _without_hold(sight: Sight, _: Scale) -> Any:
    return handled(sight, hold=False)


def _one(sight: Sight, _: Scale) -> Any:
    return ibis.ifelse(handled(sight).notnull(), 1.0, None)


def _reasons(sight: Sight) -> dict[str, Any]:
    total = sight[parts(sight)[0]]
    return {"not_answered": sight.gone, "negative": total < 0, "no_time": total.isnull()}


def _times(name: str, title: Message, meaning: Message, quantile: float | None = None, value: Any = _whole) -> Rule:
    return Rule(
        name,
        title,
        "mean" if quantile is None else "quantile",
        "seconds",
        meaning,
        value,
        from_zero,
        quantile=quantile,
        reasons=_reasons,
        clock_start=say("a person takes the contact"),
        clock_stop=say("the work after it is done, as far as the columns go"),
    )


HANDLE_TIME = Metric(
    "handle_time",
    say("Handle time (AHT)"),
    say("How long does a contact take the desk?"),
    ("handle_duration",),
    (
        _times("mean", say("mean"), say("(talk + hold + after-call work) ÷ handled contacts")),
        _times("median", say("median"), say("half of the handled contacts took less"), 0.5),
        _times("p90", say("90th percentile"), say("nine handled contacts in ten took less"), 0.9),
        _times("p95", say("95th percentile"), say("nineteen handled contacts in twenty took less"), 0.95),
        _times(
            "avaya",
            say("mean without hold (Avaya)"),
            say("(talk + after-call work) ÷ handled contacts: Avaya's acdtime leaves hold out"),
            None,
            _without_hold,
        ),
    ),
    0,
    say("Cleveland, Call Center Management on Fast Forward, 4th ed., 2012"),
    instead=(("talk_duration",), ("wrap_duration",)),
    dated=WHEN,
    desk=True,
)


def _beside(name: str, *, added: bool) -> Any:
    """The paid time: handling plus the time available, or the time on queue that holds both."""

    def per(sight: Sight, _: Scale) -> Any:
        other = sight[f"{name}_seconds"]
        return ibis.ifelse(handled(sight).notnull(), handled(sight) + other if added else other, None)

    return per


def _busy(name: str) -> Any:
    def value(sight: Sight, _: Scale) -> Any:
        return ibis.ifelse(sight[f"{name}_seconds"].notnull(), handled(sight) * 100, None)

    return value


AVAILABLE = Setting("available", None, say("the column of the time spent available, in the unit of handling"))
ON_QUEUE = Setting("on_queue", None, say("the column of the time spent on queue, in the unit of handling"))
OCCUPANCY = Metric(
    "occupancy",
    say("Occupancy"),
    say("Which part of the time on duty is handling?"),
    ("handle_duration",),
    (
        Rule(
            "of_available",
            say("of handling and available time"),
            "ratio",
            "%",
            say("handling ÷ (handling + time available)"),
            _busy("available"),
            whole_range,
            per=_beside("available", added=True),
            column="available",
        ),
        Rule(
            "of_on_queue",
            say("of the time on queue"),
            "ratio",
            "%",
            say("handling ÷ time on queue"),
            _busy("on_queue"),
            whole_range,
            per=_beside("on_queue", added=False),
            column="on_queue",
        ),
    ),
    0,
    say("Cleveland, Call Center Management on Fast Forward, 4th ed., 2012"),
    instead=(("talk_duration",),),
    dated=WHEN,
    settings=(AVAILABLE, ON_QUEUE),
    desk=True,
)
