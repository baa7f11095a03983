"""From creation to the first reply and to the solution: open cases are censored, not dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis

from cxcore.language import Message, say
from cxcore.metrics.base import Metric, Rule, Scale, from_zero
from cxcore.metrics.sight import Sight


class _Span:
    """The time from a case's start to one of its events: by the two times where they are there, else as written."""

    def __init__(self, starts: tuple[str, ...], stop: str, written: str) -> None:
        self.starts, self.stop, self.written = starts, stop, written

    def start(self, sight: Sight) -> Any:
        """The role whose time starts the clock, None where only the duration is written."""
        if not sight.has(self.stop):
            return None
        return next((role for role in self.starts if sight.has(role)), None)

    def closed(self, sight: Sight) -> Any:
        """Seconds from start to stop; null where it has not stopped, or before it started."""
        start = self.start(sight)
        if start is not None:
            return sight.elapsed(start, self.stop)
        return ibis.ifelse(sight[self.written] >= 0, sight[self.written], None).cast("float64")

    def waiting(self, sight: Sight) -> Any:
        """Seconds an open case has been waiting at the end of the file; null where it is not open."""
        start = self.start(sight) or next((role for role in self.starts if sight.has(role)), None)
        if start is None or sight.until is None:
            return ibis.null("float64")
        stopped = sight[self.stop] if self.start(sight) is not None else sight[self.written]
        still = stopped.isnull() & ~self.untold(sight)
        return ibis.ifelse(still, sight.since(start), None)

    def untold(self, sight: Sight) -> Any:
        """Whether the case no longer waits though no time is written: it is over by its state, or the customer left."""
        if self.stop == "resolved_at":
            return sight.said_over
        over = sight.said_over | sight.gone
        return over | sight["resolved_at"].notnull() if sight.has("resolved_at") else over

    def value(self, sight: Sight, _: Scale) -> Any:
        """Seconds until the event, or until the end of the file for an open case."""
        return self.closed(sight).coalesce(self.waiting(sight))

    def stopped(self, sight: Sight, _: Scale) -> Any:
        """Whether the event has happened."""
        return self.closed(sight).notnull()

    def only_closed(self, sight: Sight, _: Scale) -> Any:
        """Seconds until the event, null for an open case."""
        return self.closed(sight)

    def reasons(self, *, open_too: bool) -> Callable[[Sight], dict[str, Any]]:
        """Why a row is not in the number: an end before its start, no times at all, and, where they are dropped, open
        cases."""

        def found(sight: Sight) -> dict[str, Any]:
            start = self.start(sight)
            back = sight[self.stop] < sight[start] if start else sight[self.written] < 0
            waits = self.waiting(sight).notnull()
            missing = self.closed(sight).isnull() & ~waits
            left = {"not_answered": sight.gone & missing} if self.stop == "first_response_at" else {}
            return {"ends_before_it_starts": back, **left, "no_time": missing} | (
                {"still_open": waits} if open_too else {}
            )

        return found

    def rules(
        self,
        start: Message,
        stop: Message,
        mean: str,
        median: str,
        products: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
    ) -> tuple[Rule, ...]:
        """Its rules: with open cases counted, and as products count that drop them (`products` of mean and median)."""

        def counted(name: str, title: Message, quantile: float, meaning: Message) -> Rule:
            return Rule(
                name,
                title,
                "survival",
                "seconds",
                meaning,
                self.value,
                from_zero,
                stopped=self.stopped,
                quantile=quantile,
                reasons=self.reasons(open_too=False),
                clock_start=start,
                clock_stop=stop,
            )

        def dropped(
            name: str, title: Message, meaning: Message, products: tuple[str, ...], quantile: float | None = None
        ) -> Rule:
            return Rule(
                name,
                title,
                "mean" if quantile is None else "quantile",
                "seconds",
                meaning,
                self.only_closed,
                from_zero,
                quantile=quantile,
                reasons=self.reasons(open_too=True),
                clock_start=start,
                clock_stop=stop,
                products=products,
            )

        return (
            counted(
                "median",
                say("median"),
                0.5,
                say("half of the cases took less; open cases count with the time they have waited"),
            ),
            counted(
                "p90",
                say("90th percentile"),
                0.9,
                say("nine cases in ten took less; open cases count with the time they have waited"),
            ),
            counted(
                "p95",
                say("95th percentile"),
                0.95,
                say("19 cases in 20 took less; open cases count with the time they have waited"),
            ),
            dropped(
                mean,
                say("mean without open cases"),
                say("mean of the cases that are over; open ones are dropped, which makes it too short"),
                products[0],
            ),
            dropped(
                median,
                say("median without open cases"),
                say("median of the cases that are over; open ones are dropped, which makes it too short"),
                products[1],
                0.5,
            ),
        )


_REPLY = _Span(("created_at",), "first_response_at", "first_response_duration")
_SOLVED = _Span(("created_at", "first_response_at"), "resolved_at", "resolution_duration")


def _by_reply_date() -> Rule:
    return Rule(
        "plain",
        say("median by reply date (Plain)"),
        "quantile",
        "seconds",
        say("median of the answered cases, grouped by the date of the reply"),
        _REPLY.only_closed,
        from_zero,
        quantile=0.5,
        needs=("first_response_at",),
        dated=("first_response_at",),
        reasons=_REPLY.reasons(open_too=True),
        clock_start=say("the case is created"),
        clock_stop=say("a person first replies"),
        products=("Plain",),
    )


FIRST_RESPONSE = Metric(
    "first_response",
    say("Time to first response"),
    say("How long until a person replies?"),
    ("created_at", "first_response_at"),
    (
        *_REPLY.rules(
            say("the case is created"),
            say("a person first replies"),
            "mean_answered",
            "median_answered",
            (("Chatwoot", "Freshdesk"), ("Intercom", "Zendesk")),
        ),
        _by_reply_date(),
    ),
    -1,
    say("Kaplan & Meier, Journal of the American Statistical Association 53, 1958: unanswered cases are censored"),
    instead=(("first_response_duration",),),
    dated=("created_at", "first_response_at", "answered_at"),
    desk=True,
)
RESOLUTION = Metric(
    "resolution",
    say("Time to resolution"),
    say("How long until the case is solved?"),
    ("created_at", "resolved_at"),
    _SOLVED.rules(
        say("the case is created (where no column says when: the first reply)"),
        say("it is solved for the last time"),
        "mean_closed",
        "median_closed",
    ),
    -1,
    say("Kaplan & Meier, Journal of the American Statistical Association 53, 1958: open cases are censored"),
    instead=(("resolution_duration",), ("first_response_at", "resolved_at")),
    dated=("created_at", "first_response_at", "resolved_at", "answered_at"),
    desk=True,
)
