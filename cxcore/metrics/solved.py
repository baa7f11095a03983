"""Solved at the first contact, and opened again: as the products our users come from each count it."""

from __future__ import annotations

from typing import Any

import ibis

from cxcore.language import plain, say
from cxcore.metrics.base import Metric, Rule, Scale, Setting, whole_range
from cxcore.metrics.queue import WHEN
from cxcore.metrics.sight import Sight

DAY = 86_400.0
WINDOW = Setting("window", 7.0, say("a new contact within so many days is the same matter come back"), ("no_return",))


def _share(good: Any, counts: Any) -> Any:
    """100 where it is good, 0 where it is not, null where the row does not count."""
    return ibis.cases((~counts.fill_null(False), ibis.null("int64")), (good.fill_null(False), 100), else_=0)


def _next(sight: Sight) -> Any:
    """When the same customer next made contact on the same topic."""
    group = [sight[role] for role in ("customer_id", "topic") if sight.has(role)]
    order = [sight["created_at"], sight["row"]]
    return sight["created_at"].lead().over(ibis.window(group_by=group, order_by=order))


def _after(sight: Sight) -> Any:
    """The instant up to which a contact's customer is watched for coming back."""
    return sight["created_at"] + ibis.interval(seconds=int(sight.set("window") * DAY))


def _watched(sight: Sight) -> Any:
    """Whether the whole window after the contact lies inside the file."""
    return _after(sight) <= sight.end()


def _no_return(sight: Sight, _: Scale) -> Any:
    good = sight.over & (_next(sight).isnull() | (_next(sight) > _after(sight)))
    if sight.has("reopened") or sight.has("reopened_at"):
        good = good & ~sight.came_back.fill_null(False)
    return _share(good, ~sight.gone & sight["customer_id"].notnull() & _watched(sight))


def _no_return_out(sight: Sight) -> dict[str, Any]:
    taken = ~sight.gone
    known = sight["customer_id"].notnull() & sight["created_at"].notnull()
    return {
        "not_answered": ~taken,
        "no_customer_or_date": taken & ~known,
        "window_not_over": taken & known & ~_watched(sight),
    }


def _flag(sight: Sight, _: Scale) -> Any:
    return _share(sight["resolved_first_contact"] > 0, ~sight.gone & sight["resolved_first_contact"].notnull())


def _flag_out(sight: Sight) -> dict[str, Any]:
    taken = ~sight.gone
    return {"not_answered": ~taken, "not_said": taken & sight["resolved_first_contact"].isnull()}


def _not_over(sight: Sight) -> dict[str, Any]:
    return {"not_solved": ~sight.over.fill_null(False)}


def _zendesk(sight: Sight, _: Scale) -> Any:
    return _share((sight["replies"] >= 1) & ~sight.came_back.fill_null(False), sight.over)


def _freshdesk(sight: Sight, _: Scale) -> Any:
    return _share(sight["replies"] == 1, sight.over)


def _intercom(sight: Sight, _: Scale) -> Any:
    return _share(~sight.came_back.fill_null(False), sight.over)


def _zammad(sight: Sight, _: Scale) -> Any:
    took = sight["resolved_at"].epoch_seconds() - sight["created_at"].epoch_seconds()
    return _share((took >= 0) & (took < 900), sight.over)


FCR = Metric(
    "fcr",
    say("First-contact resolution"),
    say("How many matters are settled at the first contact?"),
    (),
    (
        Rule(
            "no_return",
            say("no return within the window"),
            "share",
            "%",
            say(
                "solved, not opened again, and no new contact of the same customer on the same topic within the window;"
                " the last window of the data is left out, since it is not over"
            ),
            _no_return,
            whole_range,
            needs=("customer_id", "created_at"),
            reasons=_no_return_out,
        ),
        Rule(
            "flag",
            say("as marked"),
            "share",
            "%",
            say("as the agent or the survey marked it, of the contacts a person took"),
            _flag,
            whole_range,
            needs=("resolved_first_contact",),
            reasons=_flag_out,
        ),
        Rule(
            "zendesk",
            plain("Zendesk"),
            "share",
            "%",
            say(
                "Zendesk: solved with at least one agent reply and no reopening (never pending too, which no"
                " column says)"
            ),
            _zendesk,
            whole_range,
            needs=("replies", "reopened"),
            reasons=_not_over,
            products=("Zendesk",),
        ),
        Rule(
            "freshdesk",
            plain("Freshdesk"),
            "share",
            "%",
            say("Freshdesk: closed with the first response"),
            _freshdesk,
            whole_range,
            needs=("replies",),
            reasons=_not_over,
            products=("Freshdesk",),
        ),
        Rule(
            "intercom",
            plain("Intercom"),
            "share",
            "%",
            say("Intercom: closed once (by one teammate too, which no column says), never opened again"),
            _intercom,
            whole_range,
            needs=("reopened",),
            reasons=_not_over,
            products=("Intercom",),
        ),
        Rule(
            "zammad",
            plain("Zammad"),
            "share",
            "%",
            say("Zammad: closed less than 15 minutes after creation"),
            _zammad,
            whole_range,
            needs=("created_at", "resolved_at"),
            reasons=_not_over,
            products=("Zammad",),
        ),
    ),
    1,
    say("No return within 7 days: Cleveland, Call Center Management on Fast Forward, 4th ed., 2012"),
    dated=WHEN,
    settings=(WINDOW,),
    desk=True,
)


def _opened_again(sight: Sight, _: Scale) -> Any:
    over = sight.over | sight.came_back.fill_null(False)
    return _share(sight.came_back, over)


REOPEN_RATE = Metric(
    "reopen_rate",
    say("Reopened"),
    say("How many solved cases are opened again?"),
    ("reopened",),
    (
        Rule(
            "of_solved",
            say("of the cases solved"),
            "share",
            "%",
            say("cases opened again ÷ cases solved"),
            _opened_again,
            whole_range,
            reasons=lambda sight: {"not_solved": ~(sight.over | sight.came_back.fill_null(False))},
        ),
    ),
    -1,
    say("Zendesk Explore: tickets reopened ÷ tickets solved"),
    instead=(("reopened_at",),),
    dated=WHEN,
    desk=True,
)
