"""The queue: how long customers wait for an answer, how many are answered in time, how many give up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis

from cxcore.language import Message, say
from cxcore.metrics.base import Metric, Rule, Scale, Setting, from_zero, whole_range
from cxcore.metrics.sight import Sight

WITHIN = Setting("within", 20.0, say("answered within so many seconds counts as in time"))
THRESHOLD = Setting("threshold", 5.0, say("giving up within so many seconds is a short abandon"))
WHEN = ("created_at", "event_at", "answered_at")


def _wait(sight: Sight, _: Scale) -> Any:
    return ibis.ifelse(sight.gone, None, sight.queued)


def _no_wait(sight: Sight) -> dict[str, Any]:
    return {"not_answered": sight.gone, "no_time": sight.queued.isnull()}


def _waits(name: str, title: Message, meaning: Message, quantile: float | None = None) -> Rule:
    return Rule(
        name,
        title,
        "mean" if quantile is None else "quantile",
        "seconds",
        meaning,
        _wait,
        from_zero,
        quantile=quantile,
        reasons=_no_wait,
        clock_start=say("the contact enters the queue"),
        clock_stop=say("a person answers"),
    )


WAIT = Metric(
    "wait",
    say("Wait (ASA)"),
    say("How long do customers wait for an answer?"),
    ("wait_duration",),
    (
        _waits(
            "mean",
            say("mean"),
            say(
                "mean wait from queue to answer, answered contacts only; an abandoned contact's 0 or blank"
                " is no wait of 0 seconds"
            ),
        ),
        _waits("median", say("median"), say("half of the answered contacts waited less"), 0.5),
        _waits("p90", say("90th percentile"), say("nine answered contacts in ten waited less"), 0.9),
        _waits("p95", say("95th percentile"), say("nineteen answered contacts in twenty waited less"), 0.95),
    ),
    -1,
    say("Average speed of answer: Cleveland, Call Center Management on Fast Forward, 4th ed., 2012"),
    instead=(("created_at", "first_response_at"),),
    dated=WHEN,
    desk=True,
)


def _level(given_up: Callable[[Sight], Any]) -> Callable[[Sight, Scale], Any]:
    """100 for an answer in time, 0 for a late one; `given_up` says what an abandoned contact counts."""

    def value(sight: Sight, _: Scale) -> Any:
        waited = sight.queued
        answered = ibis.cases((waited.isnull(), ibis.null("int64")), (waited <= sight.set("within"), 100), else_=0)
        return ibis.ifelse(sight.gone, given_up(sight), answered) if sight.flagged else answered

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
        return {"abandoned": sight.gone & out(sight), "no_time": ~sight.gone & sight.queued.isnull()}

    return reasons


def _formula(
    name: str, title: Message, meaning: Message, met: Callable[[Sight], Any], out: Callable[[Sight], Any]
) -> Rule:
    return Rule(
        name,
        title,
        "share",
        "%",
        meaning,
        _level(_counted(met, out)),
        whole_range,
        reasons=_no_level(out),
        clock_start=say("the contact enters the queue"),
        clock_stop=say("a person answers"),
    )


SERVICE_LEVEL = Metric(
    "service_level",
    say("Service level"),
    say("How many contacts are answered in time?"),
    ("wait_duration",),
    (
        _formula(
            "short_abandons_out",
            say("short abandons left out"),
            say("answered in time ÷ (offered − short abandons)"),
            _never,
            _short,
        ),
        _formula(
            "abandons_within_met",
            say("given up in time counts as met"),
            say("(answered in time + given up in time) ÷ offered"),
            _gone_in_time,
            _never,
        ),
        _formula("of_answered", say("of the contacts answered"), say("answered in time ÷ answered"), _never, _always),
        _formula("of_offered", say("of the contacts offered"), say("answered in time ÷ offered"), _never, _never),
        _formula(
            "abandons_within_out",
            say("given up in time left out"),
            say("answered in time ÷ (offered − given up in time)"),
            _never,
            _gone_in_time,
        ),
        _formula(
            "short_abandons_met",
            say("short abandons count as met"),
            say("(answered in time + short abandons) ÷ offered"),
            _short,
            _never,
        ),
    ),
    1,
    say("Cleveland, Call Center Management on Fast Forward, 4th ed., 2012: 80 % in 20 seconds"),
    instead=(("created_at", "first_response_at"),),
    dated=WHEN,
    settings=(WITHIN, THRESHOLD),
    desk=True,
)


def _given_up(short_out: bool) -> Callable[[Sight, Scale], Any]:
    def value(sight: Sight, _: Scale) -> Any:
        gone = ibis.ifelse(sight.short, None, 100).cast("int64") if short_out else ibis.literal(100)
        other = ibis.ifelse(sight.abandoned.notnull(), 0, None).cast("int64")
        return ibis.ifelse(sight.abandoned.fill_null(False), gone, other)

    return value


def _no_rate(*, short_out: bool) -> Callable[[Sight], dict[str, Any]]:
    def reasons(sight: Sight) -> dict[str, Any]:
        found = {"not_said": sight.abandoned.isnull()}
        return found | ({"short_abandons": sight.abandoned & sight.short} if short_out else {})

    return reasons


ABANDON_RATE = Metric(
    "abandon_rate",
    say("Abandoned"),
    say("How many customers give up before an answer?"),
    ("abandoned",),
    (
        Rule(
            "short_out",
            say("short abandons left out"),
            "share",
            "%",
            say("abandoned ÷ offered, short abandons left out of both"),
            _given_up(True),
            whole_range,
            reasons=_no_rate(short_out=True),
        ),
        Rule(
            "all",
            say("every abandon counts"),
            "share",
            "%",
            say("abandoned ÷ offered"),
            _given_up(False),
            whole_range,
            reasons=_no_rate(short_out=False),
        ),
    ),
    -1,
    say("Cleveland, Call Center Management on Fast Forward, 4th ed., 2012"),
    instead=(("answered",),),
    dated=WHEN,
    settings=(THRESHOLD,),
    desk=True,
)
