"""The queue: how long customers wait for an answer, how many are answered in time, how many give up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis

from cxcore.language import Message, say
from cxcore.metrics.base import Metric, Rule, Scale, Setting, whole_range
from cxcore.metrics.sight import Sight

WITHIN = Setting("within", 20.0, say("answered within so many seconds counts as in time"))
THRESHOLD = Setting("threshold", 5.0, say("giving up within so many seconds is a short abandon"))
WHEN = ("created_at", "event_at", "answered_at")


def from_zero(_: Scale) -> Scale:
    """0 and up, for times and counts."""
    return (0.0, float("inf"))


def _wait(sight: Sight, _: Scale) -> Any:
    return ibis.ifelse(sight.answered, sight.queued, None)


def _no_wait(sight: Sight) -> dict[str, Any]:
    gone = (~sight.answered).fill_null(True)
    return {"not_answered": gone, "no_time": ~gone & sight.queued.isnull()}


def _waits(name: str, meaning: Message, quantile: float | None = None) -> Rule:
    return Rule(
        name, "mean" if quantile is None else "quantile", "seconds", meaning, _wait, from_zero, quantile=quantile,
        reasons=_no_wait, clock_start=say("the contact enters the queue"), clock_stop=say("a person answers"),
    )  # fmt: skip


WAIT = Metric(
    "wait", say("Wait (ASA)"), say("How long do customers wait for an answer?"), ("wait_duration",),
    (
        _waits("mean", say("mean wait from queue to answer, answered contacts only; an abandoned contact's 0 or blank"
                           " is no wait of 0 seconds")),
        _waits("median", say("half of the answered contacts waited less"), 0.5),
        _waits("p90", say("nine answered contacts in ten waited less"), 0.9),
        _waits("p95", say("nineteen answered contacts in twenty waited less"), 0.95),
    ),
    -1, say("Average speed of answer: Cleveland, Call Center Management on Fast Forward, 4th ed., 2012"),
    instead=(("created_at", "first_response_at"),), dated=WHEN, desk=True,
)  # fmt: skip


def _in_time(sight: Sight) -> Any:
    return sight.answered & (sight.queued <= sight.set("within"))


def _level(given_up: Callable[[Sight], Any]) -> Callable[[Sight, Scale], Any]:
    """100 for an answer in time, 0 for a late one; `given_up` says what an abandoned contact counts."""

    def value(sight: Sight, _: Scale) -> Any:
        late = ibis.ifelse(sight.queued.notnull(), 0, None).cast("int64")
        answered = ibis.ifelse(_in_time(sight), 100, late)
        if not sight.has("abandoned") and not sight.has("answered"):
            return ibis.ifelse(sight.answered, answered, None)
        return ibis.cases((sight.answered, answered), (sight.abandoned, given_up(sight)), else_=ibis.null("int64"))

    return value


def _counted(met: Callable[[Sight], Any], out: Callable[[Sight], Any]) -> Callable[[Sight], Any]:
    return lambda sight: ibis.cases((out(sight), ibis.null("int64")), (met(sight), 100), else_=0)


def _never(_: Sight) -> Any:
    return ibis.literal(False)


def _always(_: Sight) -> Any:
    return ibis.literal(True)


def _short(sight: Sight) -> Any:
    return sight.short


def _gone_in_time(sight: Sight) -> Any:
    return (sight.gave_up_after <= sight.set("within")).fill_null(False)


def _no_level(out: Callable[[Sight], Any]) -> Callable[[Sight], dict[str, Any]]:
    def reasons(sight: Sight) -> dict[str, Any]:
        found = {"no_time": sight.answered & sight.queued.isnull()}
        if sight.has("answered") or sight.has("abandoned"):
            found["abandoned"] = sight.abandoned & out(sight)
        return found

    return reasons


def _formula(name: str, meaning: Message, met: Callable[[Sight], Any], out: Callable[[Sight], Any]) -> Rule:
    return Rule(
        name, "share", "%", meaning, _level(_counted(met, out)), whole_range, reasons=_no_level(out),
        clock_start=say("the contact enters the queue"), clock_stop=say("a person answers"),
    )  # fmt: skip


SERVICE_LEVEL = Metric(
    "service_level", say("Service level"), say("How many contacts are answered in time?"), ("wait_duration",),
    (
        _formula("short_abandons_out", say("answered in time ÷ (offered − short abandons)"), _never, _short),
        _formula("abandons_within_met", say("(answered in time + given up in time) ÷ offered"), _gone_in_time, _never),
        _formula("of_answered", say("answered in time ÷ answered"), _never, _always),
        _formula("of_offered", say("answered in time ÷ offered"), _never, _never),
        _formula("abandons_within_out", say("answered in time ÷ (offered − given up in time)"), _never, _gone_in_time),
        _formula("short_abandons_met", say("(answered in time + short abandons) ÷ offered"), _short, _never),
    ),
    1, say("Cleveland, Call Center Management on Fast Forward, 4th ed., 2012: 80 % in 20 seconds"),
    instead=(("created_at", "first_response_at"),), dated=WHEN, settings=(WITHIN, THRESHOLD), desk=True,
)  # fmt: skip


def _given_up(short_out: bool) -> Callable[[Sight, Scale], Any]:
    def value(sight: Sight, _: Scale) -> Any:
        gone = ibis.ifelse(sight.short, None, 100).cast("int64") if short_out else ibis.literal(100)
        other = ibis.ifelse(sight.abandoned.notnull(), 0, None).cast("int64")
        return ibis.ifelse(sight.abandoned.fill_null(False), gone, other)

    return value


ABANDON_RATE = Metric(
    "abandon_rate", say("Abandoned"), say("How many customers give up before an answer?"), ("abandoned",),
    (
        Rule("short_out", "share", "%", say("abandoned ÷ offered, short abandons left out of both"), _given_up(True),
             whole_range, reasons=lambda sight: {"short_abandons": sight.abandoned & sight.short}),
        Rule("all", "share", "%", say("abandoned ÷ offered"), _given_up(False), whole_range),
    ),
    -1, say("Cleveland, Call Center Management on Fast Forward, 4th ed., 2012"),
    instead=(("answered",),), dated=WHEN, settings=(THRESHOLD,), desk=True,
)  # fmt: skip
